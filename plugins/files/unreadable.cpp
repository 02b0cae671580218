#include "files/unreadable.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "arrow/text.hpp"
#include "base/units.hpp"

namespace sluice::files {

namespace {

/// The record's text, or nothing where its bytes are none.
std::optional<std::string> text_of(const Unreadable& record) {
  // A character that the bound has cut in two does not make bytes of a text.
  constexpr size_t kLongestCut = 3;
  const bool is_cut = static_cast<int64_t>(record.text.size()) < record.bytes;
  for (size_t left = 0; left <= (is_cut ? kLongestCut : 0) && left <= record.text.size(); ++left) {
    const std::string_view text = std::string_view(record.text).substr(0, record.text.size() - left);
    if (arrow::is_valid_utf8(text)) return std::string(text);
  }
  return std::nullopt;
}

}  // namespace

std::string name_of(const Unreadable& record) { return record.path + ", record at byte " + std::to_string(record.at); }

void reject_unreadable(const sluice_reject_sink& sink, const Error& why, const Unreadable& record) {
  nlohmann::ordered_json row = {{"file", record.path}, {"byte", record.at}, {"bytes", record.bytes}};
  if (const auto text = text_of(record)) {
    row["record"] = *text;
  } else {
    row["record_hex"] = arrow::bytes_to_hex(record.text);
  }
  sdk::reject(sink, why, name_of(record), "", row.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

std::string note_unreadable(const std::string& table, int64_t count, const std::string& first_fault) {
  return table + ": " + count_of(count, "record") + " can't be read and will be kept aside as rejects; the first: " + first_fault;
}

}  // namespace sluice::files
