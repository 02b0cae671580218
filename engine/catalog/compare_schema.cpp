#include "catalog/compare_schema.hpp"

#include <algorithm>

#include "catalog/compare_keys.hpp"
#include "catalog/existing_risk.hpp"
#include "catalog/find_partner.hpp"

namespace sluice::catalog {

namespace {

/// Whether a column of one type holds what one of the other holds.
bool same_type(const Type& a, const Type& b) {
  if (a.kind != b.kind || a.precision != b.precision || a.scale != b.scale) return false;
  return a.kind != arrow::Kind::text || a.length == b.length;
}

/// Compares the columns of one table pair. Used once.
class ColumnComparison {
 public:
  ColumnComparison(const Mapping& mapping, const TableMapping& table, const Table& expected, const Table& there, TableSchema& found)
      : mapping_(mapping), table_(table), expected_(expected), there_(there), found_(found) {}

  void compare() {
    for (const ColumnMapping& column : table_.columns) compare_column(column);
    for (const Column& column : there_.columns) look_at_extra(column);
  }

 private:
  void add(SchemaPart part, const std::string& text) { found_.differences.push_back({part, text}); }

  const Column* find_there(const std::string& name) const {
    if (mapping_.tables_exist) return there_.find_column(name);
    return find_partner(name, expected_.columns, there_.columns);
  }

  void compare_column(const ColumnMapping& column) {
    const Column* is = find_there(column.target);
    if (is == nullptr) return add(SchemaPart::columns, column.target + " is missing");
    if (mapping_.tables_exist) return compare_existing(column, *is);
    // A target may hold two types in one of its own: what is spelled alike is alike.
    if (is->native != column.target_native && !same_type(column.target_carrier, is->carrier)) {
      add(SchemaPart::types, column.target + " is " + spelled_type(*is) + ", expected " + column.target_native);
    }
    const Column* wanted = expected_.find_column(column.target);
    if (wanted == nullptr || wanted->nullable == is->nullable) return;
    add(SchemaPart::nullability, column.target + (is->nullable ? " takes NULL, expected NOT NULL" : " is NOT NULL, expected to take NULL"));
  }

  void compare_existing(const ColumnMapping& column, const Column& is) {
    if (!column.risk.empty()) {
      const bool is_of_null = column.risk.find("NULL") != std::string::npos;
      add(is_of_null ? SchemaPart::nullability : SchemaPart::types, column.target + ": " + column.risk);
    }
    if (!same_type(column.target_carrier, is.carrier)) {
      add(SchemaPart::types, column.target + " is " + spelled_type(is) + ", and was " + column.target_native + " when the run was planned");
    } else if (column.nullable && !is.nullable) {
      add(SchemaPart::nullability, column.target + " is NOT NULL, and was not when the run was planned");
    }
  }

  void look_at_extra(const Column& column) {
    const bool is_mapped =
        std::ranges::any_of(table_.columns, [&](const ColumnMapping& each) { return find_there(each.target) == &column; });
    if (is_mapped) return;
    const bool fills_itself = column.nullable || column.identity || !column.generated.empty() || column.default_value.kind != "none";
    if (!mapping_.tables_exist) return add(SchemaPart::columns, column.name + " is there, and the map does not make it");
    if (!fills_itself) return add(SchemaPart::columns, column.name + " is NOT NULL without a default, and gets no value");
    found_.notes.push_back(column.name + " gets no value from the map");
  }

  const Mapping& mapping_;
  const TableMapping& table_;
  const Table& expected_;
  const Table& there_;
  TableSchema& found_;
};

}  // namespace

std::vector<TableSchema> compare_schema(const Mapping& mapping, const Catalog& there, const AskDdl& ask) {
  const Catalog& expected = mapping.tables_exist ? mapping.expected : mapping.target;
  std::vector<TableSchema> all;
  for (size_t i = 0; i < mapping.tables.size(); ++i) {
    const TableMapping& table = mapping.tables[i];
    TableSchema& found = all.emplace_back();
    found.table = table.target_table;
    const Table* is =
        mapping.tables_exist ? there.find_table(table.target_table) : find_partner(table.target_table, expected.tables, there.tables);
    if (is == nullptr) {
      found.differences.push_back({SchemaPart::tables, "the table is missing"});
      continue;
    }
    ColumnComparison(mapping, table, expected.tables[i], *is, found).compare();
    compare_keys(expected.tables[i], expected, *is, ask, found);
  }
  return all;
}

}  // namespace sluice::catalog
