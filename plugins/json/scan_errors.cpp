#include "base/error.hpp"
#include "base/nearest.hpp"
#include "fault.hpp"
#include "scan.hpp"
#include "strings.hpp"

namespace sluice::json {

const Table& Scan::find(const std::string& name) const {
  std::vector<std::string> names;
  for (const Table& table : tables) {
    if (table.name == name) return table;
    names.push_back(table.name);
  }
  throw Error(Code::not_found, files.front().path + ": there is no table " + name, did_you_mean(name, names));
}

void fail_in_record(const Window& window, int64_t text_at, std::string_view text, int most_depth) {
  const auto fault = find_fault(text, most_depth);
  if (!fault)
    window.fail(text_at, "the record that begins here is no JSON that simdjson reads", "report this as a bug");
  window.fail(text_at + static_cast<int64_t>(fault->at),
              fault->message + " (in the record that begins at byte " + std::to_string(text_at) + ")", fault->hint);
}

namespace {

[[noreturn]] void refuse_split(const Window& window, const Record& record, const Value& element, const std::string& field) {
  window.fail(record.text_at + (element.raw.data() - record.text.data()),
              "'" + field + "' is to be split: expected an array of objects, found " + shown(element.raw),
              "leave '" + field + "' out of the option split: it is a JSON column then");
}

}  // namespace

void check_array(const Window& window, const Record& record, const Value& value, const std::string& field) {
  if (value.kind != Kind::array) refuse_split(window, record, value, field);
}

void check_child(const Window& window, const Record& record, const Value& element, const std::string& field) {
  if (element.kind != Kind::object) refuse_split(window, record, element, field);
}

}  // namespace sluice::json
