#include "report/evidence.hpp"

#include <nlohmann/json.hpp>

namespace sluice::report {
namespace {

using Json = nlohmann::json;

std::string text(const Json& json, const char* key) { return json.value(key, std::string()); }
int64_t count(const Json& json, const char* key, int64_t fallback = 0) { return json.value(key, fallback); }
const Json& list(const Json& json, const char* key) {
  static const Json kEmpty = Json::array();
  const auto found = json.find(key);
  return found == json.end() ? kEmpty : *found;
}

RowDifference row_from_json(const Json& json) {
  RowDifference row{text(json, "kind"), text(json, "key"), count(json, "times", 1), {}};
  for (const Json& cell : list(json, "cells")) {
    row.cells.push_back({text(cell, "column"), text(cell, "source"), text(cell, "target")});
  }
  return row;
}

TableDifference difference_from_json(const Json& json) {
  TableDifference table;
  table.table = text(json, "table");
  table.verdict = text(json, "verdict");
  table.source_rows = count(json, "source_rows");
  table.target_rows = count(json, "target_rows");
  table.missing = count(json, "missing");
  table.extra = count(json, "extra");
  table.changed = count(json, "changed");
  table.duplicated = count(json, "duplicated");
  for (const Json& row : list(json, "rows")) table.rows.push_back(row_from_json(row));
  for (const Json& note : list(json, "notes")) table.notes.push_back(note.get<std::string>());
  return table;
}

}  // namespace

std::string to_text(const Failure& failure) {
  std::string line = failure.where.empty() ? failure.message : failure.where + ": " + failure.message;
  if (!failure.hint.empty()) line += "; " + failure.hint;
  return line;
}

Failure failure_from_json(const Json& json) {
  return {text(json, "code"), text(json, "message"), text(json, "hint"), text(json, "where")};
}

GateMeasurement gate_from_json(const Json& json) {
  GateMeasurement gate{text(json, "criterion"), text(json, "result"), text(json, "message"), {}};
  for (const Json& comparison : list(json, "comparisons")) {
    gate.comparisons.push_back(
        {text(comparison, "text"), text(comparison, "left"), text(comparison, "right"), text(comparison, "result")});
  }
  return gate;
}

std::vector<TableDifference> differences_from_json(const Json& json) {
  std::vector<TableDifference> differences;
  for (const Json& table : json) differences.push_back(difference_from_json(table));
  return differences;
}

}  // namespace sluice::report
