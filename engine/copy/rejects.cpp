#include "copy/rejects.hpp"

#include <nlohmann/json.hpp>

#include "arrow/text.hpp"
#include "base/error.hpp"
#include "base/units.hpp"

namespace sluice::copy {

namespace {

using nlohmann::ordered_json;

/// What a source says of a value may hold bytes that are no UTF-8.
std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

ordered_json value_to_json(const arrow::ColumnView& view, int64_t row) {
  if (view.is_null(row)) return nullptr;
  std::string text = arrow::value_to_text(view, row);
  if (!arrow::is_valid_utf8(text)) return "\\x" + arrow::bytes_to_hex(text);
  return text;
}

}  // namespace

const char* to_text(RejectSide side) {
  switch (side) {
    case RejectSide::source: return "source";
    case RejectSide::convert: return "convert";
    case RejectSide::target: break;
  }
  return "target";
}

bool is_fault_of_rows(const Error& error) {
  constexpr const char* kNoRoom = "53";  // a full disk or memory: the class of insufficient resources, in every store
  constexpr const char* kOurs = "SL";    // our own states: too many rejects, a function that doesn't return, a lost fence
  if (error.sqlstate().rfind(kOurs, 0) == 0 || error.sqlstate().rfind(kNoRoom, 0) == 0) return false;
  return error.code() == Code::data || error.code() == Code::constraint;
}

std::string to_json(const Reject& reject) {
  ordered_json row = ordered_json::parse(reject.row.row, nullptr, false);
  if (row.is_discarded()) row = reject.row.row;
  return dump({{"side", to_text(reject.side)},
               {"code", sluice::to_text(reject.row.code)},
               {"key", reject.row.key},
               {"column", reject.row.column},
               {"reason", reject.row.reason},
               {"row", std::move(row)}});
}

std::string row_to_json(const std::vector<arrow::Field>& fields, const std::vector<arrow::ColumnView>& views, int64_t row) {
  ordered_json values = ordered_json::object();
  for (size_t i = 0; i < fields.size(); ++i) values[fields[i].name] = value_to_json(views[i], row);
  return dump(values);
}

void RejectLimit::take(const Reject& reject) {
  if (++taken_ <= limit_) return;
  --taken_;
  throw Error(Code::data, "more than " + count_to_text(limit_) + " rows would be rejected; the next: " + reject.row.reason,
              std::string(reject.side == RejectSide::target ? "" : "`sluice try` shows such rows; ") +
                  "clean the source, map the column to another type, or raise the limit of rejects")
      .with_sqlstate(kTooManyRejects);
}

}  // namespace sluice::copy
