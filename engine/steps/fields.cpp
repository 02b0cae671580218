#include "steps/fields.hpp"

#include <nlohmann/json.hpp>

namespace sluice::steps {
namespace {

nlohmann::json field(const plan::PlannedNode& node, const std::string& name) {
  nlohmann::json fields = nlohmann::json::parse(node.fields);
  return fields.value(name, nlohmann::json());
}

std::string as_text(const nlohmann::json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

int64_t integer_field(const plan::PlannedNode& node, const std::string& name, int64_t fallback) {
  nlohmann::json value = field(node, name);
  return value.is_number() ? value.get<int64_t>() : fallback;
}

std::string text_field(const plan::PlannedNode& node, const std::string& name, const std::string& fallback) {
  nlohmann::json value = field(node, name);
  return value.is_null() ? fallback : as_text(value);
}

std::vector<std::string> list_field(const plan::PlannedNode& node, const std::string& name) {
  std::vector<std::string> list;
  for (const auto& value : field(node, name)) list.push_back(as_text(value));
  return list;
}

std::vector<std::pair<std::string, std::string>> table_field(const plan::PlannedNode& node, const std::string& name) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const nlohmann::json object = field(node, name);
  for (const auto& [key, value] : object.items()) pairs.emplace_back(key, as_text(value));
  return pairs;
}

}  // namespace sluice::steps
