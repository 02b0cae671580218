#include "look_filter.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace sluice::mysql {

LookFilter read_filter(const Session& session, const std::string& text) {
  LookFilter filter;
  try {
    const nlohmann::json object = text.empty() ? nlohmann::json::object() : nlohmann::json::parse(text);
    filter.schema = session.schema_or_default(object.value("schema", ""));
    filter.tables = object.value("tables", std::vector<std::string>());
    filter.views = object.value("views", std::vector<std::string>());
    filter.evidence = object.value("evidence", false);
  } catch (const nlohmann::json::exception& e) {
    throw Error(Code::invalid_argument, std::string("filter: expected {\"schema\", \"tables\", \"evidence\"}: ") + e.what());
  }
  return filter;
}

}  // namespace sluice::mysql
