#include "description.hpp"

#include <nlohmann/json.hpp>

namespace sluice::csv {

using nlohmann::json;

std::string describe_columns(const std::vector<arrow::Field>& columns) {
  json list = json::array();
  for (const arrow::Field& column : columns)
    list.push_back({{"name", column.name}, {"type", arrow::to_text(column.type)}});
  return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<arrow::Field> columns_from_description(const std::string& description) {
  std::vector<arrow::Field> columns;
  for (const json& column : json::parse(description)) {
    columns.push_back({column.at("name"), arrow::type_from_text(column.at("type"))});
  }
  return columns;
}

}  // namespace sluice::csv
