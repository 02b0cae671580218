#include "catalog/existing_others.hpp"

#include <algorithm>

#include "catalog/find_partner.hpp"

namespace sluice::catalog {

namespace {

void look_at_triggers(const Catalog& there, const Table& table, Findings& findings) {
  const std::string end = " on " + table.name + " is not copied";
  for (const std::string& note : there.notes) {
    if (note.rfind("trigger ", 0) != 0 || !note.ends_with(end)) continue;
    findings.warnings.push_back(table.name + ": its " + note.substr(0, note.size() - end.size()) +
                                " will fire for every row that is copied");
  }
}

void look_at_parents(const Table& table, const std::vector<Table>& filled, Findings& findings) {
  for (const ForeignKey& key : table.foreign_keys) {
    if (find_exactly(filled, key.ref_table) != nullptr) continue;
    findings.warnings.push_back(table.name + ": refers to " + key.ref_table +
                                ", which the map does not fill: its rows must be there before");
  }
}

void look_at_counters(const Table& table, Findings& findings) {
  for (const Column& column : table.columns) {
    if (column.default_value.kind != "native" || column.default_value.text.rfind("nextval(", 0) != 0) continue;
    findings.warnings.push_back(table.name + "." + column.name + ": " + column.default_value.text +
                                " is no counter of its own, so schema.finish can't set it: do it by a sql step behind the copy");
  }
}

bool can_be_null(const Table& table, const std::string& name) {
  const Column* column = table.find_column(name);
  return column == nullptr || column->nullable;
}

std::vector<std::vector<std::string>> unique_keys(const Table& table) {
  std::vector<std::vector<std::string>> keys;
  for (const Key& key : table.uniques) keys.push_back(key.columns);
  for (const Index& index : table.indexes) {
    if (!index.unique || !index.where.empty() || !index.expression.empty()) continue;
    std::vector<std::string>& names = keys.emplace_back();
    for (const IndexColumn& column : index.columns) names.push_back(column.name);
  }
  std::erase_if(
      keys, [&](const auto& key) { return std::ranges::any_of(key, [&](const std::string& name) { return can_be_null(table, name); }); });
  return keys;
}

}  // namespace

void look_at_unfilled(const std::string& source_table, const Table& there, const std::set<std::string>& asked, Findings& findings) {
  for (const Column& column : there.columns) {
    const std::string name = there.name + "." + column.name;
    if (asked.contains(column.name) || !column.generated.empty()) continue;
    if (column.identity) {
      findings.warnings.push_back(name + ": gets no value from the map and counts by itself");
    } else if (column.default_value.kind != "none") {
      findings.warnings.push_back(name + ": gets no value from the map and has its default");
    } else if (column.nullable) {
      findings.warnings.push_back(name + ": gets no value from the map and stays NULL");
    } else {
      findings.problems.push_back(name + ": is NOT NULL without a default, and the map gives it no value: " + source_table +
                                  " = { add = { " + column.name + " = { type = \"" + arrow::to_text(column.type) +
                                  "\", value = ... } } }, or give it a default in the target");
    }
  }
}

void look_around(const Catalog& there, const std::vector<Table>& filled, Findings& findings) {
  for (const Table& table : filled) {
    look_at_triggers(there, table, findings);
    look_at_parents(table, filled, findings);
    look_at_counters(table, findings);
  }
  for (const Table& other : there.tables) {
    if (find_exactly(filled, other.name) != nullptr) continue;
    for (const ForeignKey& key : other.foreign_keys) {
      if (find_exactly(filled, key.ref_table) == nullptr) continue;
      findings.warnings.push_back(other.name + ": is not filled and refers to " + key.ref_table +
                                  ": a rollback may not be allowed to empty that");
    }
  }
}

bool takes_values(const Catalog& there, const std::string& table, const std::string& column) {
  const std::string begin = table + "." + column + ": ";
  return std::ranges::none_of(there.notes,
                              [&](const std::string& note) { return note.rfind(begin, 0) == 0 && note.ends_with(kShownAsText); });
}

std::vector<std::string> existing_key(const Table& there, const TableMapping& table) {
  const auto is_filled = [&](const std::vector<std::string>& key) {
    return std::ranges::all_of(key, [&](const std::string& name) { return table.find_target(name) != nullptr; });
  };
  if (there.primary_key && is_filled(there.primary_key->columns)) return there.primary_key->columns;
  for (const auto& key : unique_keys(there)) {
    if (is_filled(key)) return key;
  }
  return {};
}

}  // namespace sluice::catalog
