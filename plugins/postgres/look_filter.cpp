#include "look_filter.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace sluice::postgres {

namespace {

std::optional<std::string> array_of(const std::vector<std::string>& names) {
  if (names.empty()) return std::nullopt;
  std::string array = "{";
  for (const std::string& name : names) {
    array += array.size() > 1 ? ",\"" : "\"";
    for (const char c : name) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  return array + "}";
}

}  // namespace

std::optional<std::string> LookFilter::tables_array() const { return array_of(tables); }
std::optional<std::string> LookFilter::views_array() const { return array_of(views); }

LookFilter read_filter(const Session& session, const std::string& text) {
  LookFilter filter;
  try {
    const nlohmann::json object = text.empty() ? nlohmann::json::object() : nlohmann::json::parse(text);
    filter.schema = session.schema_or_default(object.value("schema", ""));
    filter.tables = object.value("tables", std::vector<std::string>());
    filter.views = object.value("views", std::vector<std::string>());
  } catch (const nlohmann::json::exception& e) {
    throw Error(Code::invalid_argument, std::string("filter: expected {\"schema\", \"tables\"}: ") + e.what());
  }
  return filter;
}

}  // namespace sluice::postgres
