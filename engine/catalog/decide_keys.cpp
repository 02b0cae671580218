#include "catalog/decide_keys.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include "catalog/evidence_view.hpp"

namespace sluice::catalog {

namespace {

using arrow::Kind;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

template <typename Tables>
auto find_by_name(Tables& tables, const std::string& name) -> decltype(&tables[0]) {
  for (auto& decided : tables) {
    if (decided.table->name == name) return &decided;
  }
  for (auto& decided : tables) {
    if (equal_ignoring_case(decided.table->name, name)) return &decided;
  }
  return nullptr;
}

bool same_values(const Type& a, const Type& b) {
  return a.kind == b.kind && a.precision == b.precision && a.scale == b.scale;
}

/// A type that holds the values of both, as a key does.
std::optional<Type> common_key_type(const Type& a, const Type& b) {
  if (a.kind == Kind::text || b.kind == Kind::text) return Type{Kind::text};
  if (is_integer(a.kind) && is_integer(b.kind)) {
    const bool is_unsigned = a.kind >= Kind::uint8 && b.kind >= Kind::uint8;
    return Type{is_unsigned ? std::max(a.kind, b.kind) : Kind::int64};
  }
  const auto is_numeric = [](Kind kind) { return is_integer(kind) || kind == Kind::decimal || kind == Kind::number; };
  if (is_numeric(a.kind) && is_numeric(b.kind)) return Type{Kind::number};
  return std::nullopt;
}

std::optional<Type> agreed_type(const Decision& child, const Decision& parent) {
  if (child.is_override && parent.is_override) return std::nullopt;
  if (child.is_override) return child.compare;
  if (parent.is_override) return parent.compare;
  return common_key_type(child.compare, parent.compare);
}

/// Returns false where the values don't allow it.
bool retype(const Column& column, Decision& decision, const Type& type) {
  if (same_values(decision.compare, type)) return true;
  auto reached = reach_type(column, type, Demand::lenient);
  if (!reached) return false;
  reached->is_override = decision.is_override;
  reached->transform = decision.transform;
  reached->reason = decision.reason + "; " + arrow::to_text(type) + " to agree with a foreign key";
  decision = std::move(*reached);
  return true;
}

struct End {
  DecidedTable* decided;
  int index;
  const Column& column() const { return decided->table->columns[static_cast<size_t>(index)]; }
  Decision& decision() const { return decided->columns[static_cast<size_t>(index)]; }
  std::string name() const { return decided->table->name + "." + column().name; }
};

/// Returns true when a type changed. `problem` is set where the two cannot agree.
bool unify_pair(const End& child, const End& parent, std::string& problem) {
  if (same_values(child.decision().compare, parent.decision().compare)) return false;
  const Decision before_child = child.decision();
  const Decision before_parent = parent.decision();
  const auto type = agreed_type(before_child, before_parent);
  if (type && retype(child.column(), child.decision(), *type) && retype(parent.column(), parent.decision(), *type)) {
    return true;
  }
  child.decision() = before_child;
  parent.decision() = before_parent;
  problem = child.name() + " (" + arrow::to_text(before_child.compare) + ") refers to " + parent.name() + " (" +
            arrow::to_text(before_parent.compare) + "): the target may refuse this foreign key";
  return false;
}

bool unify_key(DecidedTable& child, const ForeignKey& key, std::vector<DecidedTable>& tables,
               std::vector<std::string>& problems) {
  DecidedTable* parent = find_decided(tables, key.ref_table);
  if (parent == nullptr) return false;
  const std::vector<std::string> referenced = referenced_columns(key, *parent->table);
  bool changed = false;
  for (size_t i = 0; i < key.columns.size() && i < referenced.size(); ++i) {
    const End from{&child, child.find(key.columns[i])};
    const End to{parent, parent->find(referenced[i])};
    if (from.index < 0 || to.index < 0) continue;
    std::string problem;
    changed |= unify_pair(from, to, problem);
    if (!problem.empty()) problems.push_back(problem);
  }
  return changed;
}

}  // namespace

int DecidedTable::find(const std::string& column) const {
  const auto& all = table->columns;
  auto found = std::ranges::find(all, column, &Column::name);
  if (found == all.end()) {
    found = std::ranges::find_if(all, [&](const Column& each) { return equal_ignoring_case(each.name, column); });
  }
  return found == all.end() ? -1 : static_cast<int>(found - all.begin());
}

DecidedTable* find_decided(std::vector<DecidedTable>& tables, const std::string& name) {
  return find_by_name(tables, name);
}

const DecidedTable* find_decided(const std::vector<DecidedTable>& tables, const std::string& name) {
  return find_by_name(tables, name);
}

std::vector<std::string> referenced_columns(const ForeignKey& key, const Table& referenced) {
  if (!key.ref_columns.empty() || !referenced.primary_key) return key.ref_columns;
  return referenced.primary_key->columns;
}

void unify_foreign_keys(std::vector<DecidedTable>& tables, std::vector<std::string>& warnings) {
  // A type may travel over a chain of tables, each round at least one table further.
  for (size_t round = 0; round <= tables.size(); ++round) {
    bool changed = false;
    std::vector<std::string> problems;
    for (DecidedTable& child : tables) {
      for (const ForeignKey& key : child.table->foreign_keys) changed |= unify_key(child, key, tables, problems);
    }
    if (changed && round < tables.size()) continue;
    warnings.insert(warnings.end(), problems.begin(), problems.end());
    return;
  }
}

bool has_null_key(const Table& table) {
  if (!table.primary_key) return false;
  return std::ranges::any_of(table.primary_key->columns, [&](const std::string& name) {
    const Column* column = table.find_column(name);
    return column != nullptr && has_evidence(*column) && column->evidence->nulls > 0;
  });
}

std::vector<std::string> row_key(const Table& table) {
  if (table.primary_key && !has_null_key(table)) return table.primary_key->columns;
  for (const Key& key : table.uniques) {
    const bool can_be_null = std::ranges::any_of(key.columns, [&](const std::string& name) {
      const Column* column = table.find_column(name);
      return column == nullptr || column->nullable;
    });
    if (!can_be_null) return key.columns;
  }
  return {};
}

}  // namespace sluice::catalog
