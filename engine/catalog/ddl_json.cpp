#include <nlohmann/json.hpp>

#include "catalog/ddl.hpp"
#include "catalog/json_reader.hpp"

namespace sluice::catalog {

namespace {

using nlohmann::json;

json write_statement(const Statement& statement) {
  return {{"sql", statement.sql},
          {"kind", statement.kind},
          {"schema", statement.schema},
          {"table", statement.table},
          {"name", statement.name},
          {"group", statement.group},
          {"transactional", statement.transactional}};
}

Statement read_statement(const JsonReader& object) {
  return {object.required_text("sql"), object.required_text("kind"), object.text("schema"),
          object.text("table"),        object.text("name"),          static_cast<int>(object.integer("group")),
          object.flag("transactional")};
}

json write_column(const TargetColumn& column) {
  return {{"table", column.table},
          {"column", column.column},
          {"native", column.native},
          {"carrier", to_text(column.carrier)}};
}

TargetColumn read_column(const JsonReader& object) {
  return {object.required_text("table"), object.required_text("column"), object.text("native"), object.type("carrier")};
}

}  // namespace

std::string ddl_to_json(const Ddl& ddl) {
  json object = {{"statements", json::array()}, {"columns", json::array()}, {"warnings", ddl.warnings}};
  for (const Statement& statement : ddl.statements) object["statements"].push_back(write_statement(statement));
  for (const TargetColumn& column : ddl.columns) object["columns"].push_back(write_column(column));
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Ddl ddl_from_json(const std::string& text) {
  const json whole = parse_json(text, "DDL");
  const JsonReader object(whole, "DDL");
  Ddl ddl;
  object.each("statements", [&](const JsonReader& item) { ddl.statements.push_back(read_statement(item)); });
  object.each("columns", [&](const JsonReader& item) { ddl.columns.push_back(read_column(item)); });
  ddl.warnings = object.texts("warnings");
  return ddl;
}

}  // namespace sluice::catalog
