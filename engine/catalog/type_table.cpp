#include "catalog/type_table.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace sluice::catalog {

namespace {

/// A catalog of one column, which nothing else bears on.
Catalog alone(const Catalog& source, const Table& table, const Column& column) {
  Table bare;
  bare.schema = table.schema;
  bare.name = table.name;
  bare.columns = {column};
  bare.columns[0].default_value = {};
  bare.columns[0].generated.clear();
  bare.columns[0].identity = false;
  Catalog catalog;
  catalog.schema = source.schema;
  catalog.tables = {std::move(bare)};
  return catalog;
}

TypeRow row_of(const Catalog& one, const MapSpec& spec, const AskTarget& ask) {
  const Table& table = one.tables[0];
  const std::string name = table.name + "." + table.columns[0].name;
  TypeRow row;
  row.native = table.columns[0].native;
  row.columns = {name};
  try {
    const Mapping mapping = decide_mapping(one, spec, {}, ask);
    const ColumnMapping& column = mapping.tables[0].columns[0];
    row.neutral = arrow::to_text(column.compare);
    row.target = column.target_native;
    row.casts = describe_casts(column);
    row.policy = column.policy;
    for (const std::string& warning : mapping.warnings) {
      const bool is_named = warning.rfind(name + ": ", 0) == 0;
      row.notes.push_back(is_named ? warning.substr(name.size() + 2) : warning);
    }
  } catch (const Error& error) {
    if (error.code() == Code::unavailable) throw;
    row.refusal = error.message();
  }
  return row;
}

bool is_same(const TypeRow& a, const TypeRow& b) {
  return a.native == b.native && a.neutral == b.neutral && a.target == b.target && a.casts == b.casts &&
         a.policy == b.policy && a.notes == b.notes && a.refusal.empty() && b.refusal.empty();
}

}  // namespace

std::vector<TypeRow> type_table(const Catalog& source, const MapSpec& spec, const AskTarget& ask) {
  std::vector<TypeRow> rows;
  for (const Table& table : source.tables) {
    for (const Column& column : table.columns) {
      TypeRow row = row_of(alone(source, table, column), spec, ask);
      const auto found = std::ranges::find_if(rows, [&](const TypeRow& other) { return is_same(row, other); });
      found == rows.end() ? rows.push_back(std::move(row)) : found->columns.push_back(row.columns[0]);
    }
  }
  return rows;
}

}  // namespace sluice::catalog
