#include "catalog/decide_target.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "catalog/decide_casts.hpp"
#include "catalog/decide_expression.hpp"
#include "catalog/evidence_view.hpp"

namespace sluice::catalog {

namespace {

/// Builds one table of the target. Used once.
class TargetTable {
 public:
  TargetTable(const DecidedTable& decided, const std::vector<DecidedTable>& all, const MapSpec& spec,
              std::vector<std::string>& warnings)
      : decided_(decided), source_(*decided.table), all_(all), spec_(spec), warnings_(warnings) {}

  Table build(const std::string& schema) {
    table_.schema = schema;
    table_.name = source_.name;
    table_.comment = source_.comment;
    table_.rows = source_.rows;
    table_.bytes = source_.bytes;
    for (size_t i = 0; i < source_.columns.size(); ++i) add_column(i);
    add_keys();
    for (const Index& index : source_.indexes) add_index(index);
    for (const ForeignKey& key : source_.foreign_keys) add_foreign_key(key);
    for (const Check& check : source_.checks) add_check(check);
    return std::move(table_);
  }

 private:
  void warn(const std::string& object, const std::string& text) {
    warnings_.push_back(source_.name + "." + object + ": " + text);
  }

  bool is_key_column(const std::string& name) const {
    return source_.primary_key && !has_null_key(source_) && std::ranges::count(source_.primary_key->columns, name) > 0;
  }

  void add_column(size_t index) {
    const Column& from = source_.columns[index];
    const Decision& decision = decided_.columns[index];
    Column column;
    column.name = from.name;
    column.type = decision.compare;
    column.comment = from.comment;
    column.nullable = (from.nullable || makes_null(decision.chain)) && !is_key_column(from.name);
    if (column.nullable && !from.nullable) warn(from.name, "is NOT NULL no longer: a cast makes NULLs of some values");
    if (spec_.same_kind && !decision.is_override) column.native = from.native;
    column.identity = from.identity && is_integer(decision.compare.kind);
    column.next = column.identity ? from.next : 0;
    if (from.identity && !column.identity)
      warn(from.name, "is " + arrow::to_text(column.type) + " now and counts no longer");
    std::string problem;
    if (keeps_defaults(decision.chain) || from.default_value.kind != "literal") {
      column.default_value = adjust_default(from.default_value, decision.compare, spec_.same_kind, problem);
    } else {
      problem = "default '" + from.default_value.text + "' is written as the source has it, before the casts";
    }
    if (!problem.empty()) warn(from.name, problem + ": left out");
    if (!from.generated.empty()) {
      column.default_value = {};
      warn(from.name, "is generated (" + from.generated + "): its values are copied, the expression is not kept");
    }
    table_.columns.push_back(std::move(column));
  }

  /// The names as the columns bear them; empty where one is unknown.
  std::vector<std::string> resolve(const DecidedTable& decided, const std::vector<std::string>& names) const {
    std::vector<std::string> resolved;
    for (const std::string& name : names) {
      const int index = decided.find(name);
      if (index < 0) return {};
      resolved.push_back(decided.table->columns[static_cast<size_t>(index)].name);
    }
    return resolved;
  }

  void add_keys() {
    if (source_.primary_key) {
      if (has_null_key(source_)) {
        warn("primary key", "its columns hold NULL: becomes a unique key");
        table_.uniques.push_back(*source_.primary_key);
      } else {
        table_.primary_key = source_.primary_key;
      }
    }
    for (const Key& key : source_.uniques) table_.uniques.push_back(key);
  }

  void add_index(Index index) {
    if (!index.expression.empty() && !spec_.same_kind) {
      return warn(index.name, "is an index over an expression in the source's own language: left out");
    }
    if (!index.where.empty() && !spec_.same_kind) {
      const auto condition = portable_expression(index.where, decided_);
      if (!condition)
        return warn(index.name, "has a condition in the source's own language (" + index.where + "): left out");
      index.where = *condition;
    }
    table_.indexes.push_back(std::move(index));
  }

  bool is_unique(const Table& table, std::vector<std::string> columns) const {
    const auto same = [&](std::vector<std::string> key) {
      std::ranges::sort(key);
      return key == columns;
    };
    std::ranges::sort(columns);
    if (table.primary_key && same(table.primary_key->columns)) return true;
    const auto same_key = [&](const Key& key) { return same(key.columns); };
    if (std::ranges::any_of(table.uniques, same_key)) return true;
    return std::ranges::any_of(table.indexes, [&](const Index& index) {
      std::vector<std::string> names;
      for (const IndexColumn& column : index.columns) names.push_back(column.name);
      return index.unique && index.where.empty() && index.expression.empty() && same(names);
    });
  }

  void add_foreign_key(ForeignKey key) {
    const std::string label = key.name.empty() ? "foreign key to " + key.ref_table : key.name;
    const DecidedTable* parent = find_decided(all_, key.ref_table);
    if (parent == nullptr) return warn(label, "refers to " + key.ref_table + ", which is not copied: left out");
    key.ref_columns = resolve(*parent, referenced_columns(key, *parent->table));
    key.columns = resolve(decided_, key.columns);
    if (key.columns.empty() || key.ref_columns.size() != key.columns.size()) {
      return warn(label, "names columns that are not there: left out");
    }
    if (!is_unique(*parent->table, key.ref_columns)) {
      return warn(label, "refers to columns of " + parent->table->name + " that are no unique key: left out");
    }
    key.ref_table = parent->table->name;
    key.ref_schema = table_.schema;
    table_.foreign_keys.push_back(std::move(key));
  }

  void add_check(Check check) {
    if (!spec_.same_kind) {
      const auto expression = portable_expression(check.expression, decided_);
      if (!expression) {
        return warn(check.name.empty() ? "check" : check.name,
                    "is a check in the source's own language (" + check.expression + "): left out");
      }
      check.expression = *expression;
    }
    table_.checks.push_back(std::move(check));
  }

  const DecidedTable& decided_;
  const Table& source_;
  const std::vector<DecidedTable>& all_;
  const MapSpec& spec_;
  std::vector<std::string>& warnings_;
  Table table_;
};

}  // namespace

Catalog build_target(const std::vector<DecidedTable>& tables, const MapSpec& spec, const std::string& target_schema,
                     std::vector<std::string>& warnings) {
  Catalog target;
  target.schema = target_schema;
  for (const DecidedTable& decided : tables) {
    target.tables.push_back(TargetTable(decided, tables, spec, warnings).build(target_schema));
  }
  return target;
}

}  // namespace sluice::catalog
