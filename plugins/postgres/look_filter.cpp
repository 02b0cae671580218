#include "look_filter.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace sluice::postgres {

std::optional<std::string> LookFilter::tables_array() const {
  if (tables.empty()) return std::nullopt;
  std::string array = "{";
  for (const std::string& table : tables) {
    array += array.size() > 1 ? ",\"" : "\"";
    for (const char c : table) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  return array + "}";
}

LookFilter read_filter(const Session& session, const std::string& text) {
  LookFilter filter;
  try {
    const nlohmann::json object = text.empty() ? nlohmann::json::object() : nlohmann::json::parse(text);
    filter.schema = session.schema_or_default(object.value("schema", ""));
    filter.tables = object.value("tables", std::vector<std::string>());
  } catch (const nlohmann::json::exception& e) {
    throw Error(Code::invalid_argument, std::string("filter: expected {\"schema\", \"tables\"}: ") + e.what());
  }
  return filter;
}

}  // namespace sluice::postgres
