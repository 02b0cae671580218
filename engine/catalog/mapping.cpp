#include "catalog/mapping.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.hpp"

namespace sluice::catalog {

namespace {

using nlohmann::json;

constexpr std::array<std::pair<Cast, const char*>, 19> kCasts = {{
    {Cast::none, "none"},
    {Cast::checked, "checked"},
    {Cast::integer_boolean, "integer_boolean"},
    {Cast::text_boolean, "text_boolean"},
    {Cast::text_date, "text_date"},
    {Cast::text_time, "text_time"},
    {Cast::text_timestamp, "text_timestamp"},
    {Cast::text_timestamptz, "text_timestamptz"},
    {Cast::text_uuid, "text_uuid"},
    {Cast::text_json, "text_json"},
    {Cast::text_number, "text_number"},
    {Cast::rounded_decimal, "rounded_decimal"},
    {Cast::exact_decimal, "exact_decimal"},
    {Cast::integer_number, "integer_number"},
    {Cast::to_text, "to_text"},
    {Cast::date_timestamp, "date_timestamp"},
    {Cast::float_number, "float_number"},
    {Cast::decimal_float, "decimal_float"},
    {Cast::utc_timestamp, "utc_timestamp"},
}};

json chain_to_json(const std::vector<CastStep>& chain) {
  json steps = json::array();
  for (const CastStep& step : chain) {
    steps.push_back({{"cast", step.call.name}, {"values", step.call.values}, {"to", arrow::to_text(step.to)}});
  }
  return steps;
}

std::vector<CastStep> chain_from_json(const json& from) {
  std::vector<CastStep> chain;
  for (const json& step : from) {
    chain.push_back({.call = {.name = step.at("cast"), .values = step.at("values").get<std::vector<std::string>>()},
                     .to = arrow::type_from_text(step.at("to"))});
  }
  return chain;
}

json ref_to_json(const TransformRef& ref) { return {{"id", ref.id}, {"where", ref.where}, {"digest", ref.digest}}; }

/// Absent where there is none.
void read_ref(const json& from, const char* name, TransformRef& ref) {
  if (from.contains(name)) ref = {from.at(name).at("id"), from.at(name).at("where"), from.at(name).at("digest")};
}

json column_to_json(const ColumnMapping& column) {
  json out = {{"source", column.source},
          {"target", column.target},
          {"source_carrier", arrow::to_text(column.source_carrier)},
          {"compare", arrow::to_text(column.compare)},
          {"target_carrier", arrow::to_text(column.target_carrier)},
          {"chain", chain_to_json(column.chain)},
          {"source_cast", to_text(column.source_cast)},
          {"target_cast", to_text(column.target_cast)},
          {"nullable", column.nullable},
          {"source_native", column.source_native},
          {"target_native", column.target_native},
          {"policy", column.policy},
          {"reason", column.reason}};
  if (column.transform) {
    out["transform"] = ref_to_json(column.transform);
    out["input"] = arrow::to_text(column.input);
  }
  if (!column.risk.empty()) out["risk"] = column.risk;
  return out;
}

ColumnMapping column_from_json(const json& from) {
  ColumnMapping column;
  column.source = from.at("source");
  column.target = from.at("target");
  column.source_carrier = arrow::type_from_text(from.at("source_carrier"));
  column.compare = arrow::type_from_text(from.at("compare"));
  column.target_carrier = arrow::type_from_text(from.at("target_carrier"));
  column.chain = chain_from_json(from.value("chain", json::array()));
  column.source_cast = cast_from_text(from.at("source_cast"));
  column.target_cast = cast_from_text(from.at("target_cast"));
  column.nullable = from.at("nullable");
  column.source_native = from.at("source_native");
  column.target_native = from.at("target_native");
  column.policy = from.at("policy");
  column.reason = from.at("reason");
  column.risk = from.value("risk", "");
  read_ref(from, "transform", column.transform);
  if (column.transform) column.input = arrow::type_from_text(from.at("input"));
  return column;
}

json table_to_json(const TableMapping& table) {
  json columns = json::array();
  for (const ColumnMapping& column : table.columns) columns.push_back(column_to_json(column));
  json out = {{"source_schema", table.source_schema},
          {"source_table", table.source_table},
          {"target_schema", table.target_schema},
          {"target_table", table.target_table},
          {"columns", std::move(columns)},
          {"key", table.key},
          {"where", table.where},
          {"rows", table.rows},
          {"bytes", table.bytes}};
  if (table.filter) out["filter"] = ref_to_json(table.filter);
  if (table.row) out["row"] = ref_to_json(table.row);
  for (const ColumnMapping& column : table.inputs) out["inputs"].push_back(column_to_json(column));
  return out;
}

TableMapping table_from_json(const json& from) {
  TableMapping table;
  table.source_schema = from.at("source_schema");
  table.source_table = from.at("source_table");
  table.target_schema = from.at("target_schema");
  table.target_table = from.at("target_table");
  for (const json& column : from.at("columns")) table.columns.push_back(column_from_json(column));
  table.key = from.at("key").get<std::vector<std::string>>();
  table.where = from.at("where");
  table.rows = from.at("rows");
  table.bytes = from.at("bytes");
  read_ref(from, "filter", table.filter);
  read_ref(from, "row", table.row);
  for (const json& column : from.value("inputs", json::array())) table.inputs.push_back(column_from_json(column));
  return table;
}

}  // namespace

const char* to_text(Cast cast) {
  for (const auto& [value, name] : kCasts) {
    if (value == cast) return name;
  }
  return "unknown";
}

Cast cast_from_text(const std::string& text) {
  for (const auto& [value, name] : kCasts) {
    if (text == name) return value;
  }
  throw Error(Code::invalid_argument, "cast '" + text + "': there is no such cast");
}

std::string describe_casts(const ColumnMapping& column) {
  std::string text;
  for (const CastStep& step : column.chain) text += (text.empty() ? "cast." : ", cast.") + to_text(step.call);
  if (column.source_cast != Cast::none) text += (text.empty() ? "" : ", ") + std::string(to_text(column.source_cast));
  return text;
}

const ColumnMapping* TableMapping::find_target(const std::string& column) const {
  const auto found = std::ranges::find(columns, column, &ColumnMapping::target);
  return found == columns.end() ? nullptr : &*found;
}

bool TableMapping::has_transforms() const {
  const auto is_made = [](const ColumnMapping& column) { return static_cast<bool>(column.transform); };
  return changes_rows() || std::ranges::any_of(columns, is_made);
}

bool TableMapping::keeps_key() const {
  return !row && std::ranges::none_of(key, [&](const std::string& name) {
    const ColumnMapping* column = find_target(name);
    return column == nullptr || column->transform;
  });
}

TableMapping TableMapping::before_transforms() const {
  TableMapping before = *this;
  before.columns.clear();
  before.inputs.clear();
  before.filter = before.row = {};
  for (ColumnMapping column : columns) {
    if (column.source.empty()) continue;
    if (column.transform) {
      column.compare = column.input;
      column.nullable = true;
      column.transform = {};
    }
    before.columns.push_back(std::move(column));
  }
  before.columns.insert(before.columns.end(), inputs.begin(), inputs.end());
  return before;
}

const TableMapping* Mapping::find_target(const std::string& table) const {
  const auto found = std::ranges::find(tables, table, &TableMapping::target_table);
  return found == tables.end() ? nullptr : &*found;
}

std::string mapping_to_json(const Mapping& mapping) {
  json tables = json::array();
  for (const TableMapping& table : mapping.tables) tables.push_back(table_to_json(table));
  json out = {{"from", mapping.from},
                    {"to", mapping.to},
                    {"tables", std::move(tables)},
                    {"target", json::parse(catalog_to_json(mapping.target))},
                    {"warnings", mapping.warnings},
                    {"only_in_from", mapping.only_in_from},
                    {"only_in_to", mapping.only_in_to},
                    {"has_views", mapping.has_views}};
  if (mapping.tables_exist) out["expected"] = json::parse(catalog_to_json(mapping.expected));
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

Mapping mapping_from_json(const std::string& text) try {
  const json from = json::parse(text);
  Mapping mapping;
  mapping.from = from.at("from");
  mapping.to = from.at("to");
  for (const json& table : from.at("tables")) mapping.tables.push_back(table_from_json(table));
  mapping.target = catalog_from_json(from.at("target").dump());
  mapping.warnings = from.at("warnings").get<std::vector<std::string>>();
  mapping.only_in_from = from.at("only_in_from").get<std::vector<std::string>>();
  mapping.only_in_to = from.at("only_in_to").get<std::vector<std::string>>();
  mapping.has_views = from.value("has_views", false);
  mapping.tables_exist = from.contains("expected");
  if (mapping.tables_exist) mapping.expected = catalog_from_json(from.at("expected").dump());
  return mapping;
} catch (const json::exception& error) {
  throw Error(Code::internal, std::string("the text is not a mapping: ") + error.what());
}

}  // namespace sluice::catalog
