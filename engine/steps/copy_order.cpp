#include "steps/copy_order.hpp"

#include <algorithm>
#include <set>

#include "steps/load_mode.hpp"
#include "store/plugin.hpp"

namespace sluice::steps {
namespace {

constexpr const char* kAdvice = "drop the key by a sql step before the copy and add it again behind it";

/// Parents of each table, by index, without itself.
using Parents = std::vector<std::set<size_t>>;

Parents find_parents(const catalog::Mapping& mapping, CopyOrder& order) {
  const auto& tables = mapping.target.tables;
  Parents parents(tables.size());
  for (size_t child = 0; child < tables.size(); ++child) {
    for (const catalog::ForeignKey& key : tables[child].foreign_keys) {
      const auto found = std::find_if(tables.begin(), tables.end(), [&](const catalog::Table& table) {
        return table.name == key.ref_table && (key.ref_schema.empty() || table.schema.empty() || table.schema == key.ref_schema);
      });
      if (found == tables.end()) continue;
      const auto parent = static_cast<size_t>(found - tables.begin());
      if (parent != child) {
        parents[child].insert(parent);
      } else if (order.own_parents.empty() || order.own_parents.back() != child) {
        order.own_parents.push_back(child);
      }
    }
  }
  return parents;
}

/// All tables from which `from` is reached, by their parents.
std::set<size_t> ancestors(const Parents& parents, size_t from) {
  std::set<size_t> seen;
  std::vector<size_t> open(parents[from].begin(), parents[from].end());
  while (!open.empty()) {
    const size_t table = open.back();
    open.pop_back();
    if (seen.insert(table).second) open.insert(open.end(), parents[table].begin(), parents[table].end());
  }
  return seen;
}

void find_circles(const catalog::Mapping& mapping, Parents& parents, CopyOrder& order) {
  std::vector<std::set<size_t>> above;
  for (size_t table = 0; table < parents.size(); ++table) above.push_back(ancestors(parents, table));
  std::set<size_t> named;
  for (size_t table = 0; table < parents.size(); ++table) {
    if (!above[table].contains(table) || named.contains(table)) continue;
    std::vector<std::string>& circle = order.circles.emplace_back();
    for (size_t other = table; other < parents.size(); ++other) {
      if (!above[table].contains(other) || !above[other].contains(table)) continue;
      circle.push_back(mapping.target.tables[other].name);
      named.insert(other);
    }
  }
  // Inside of a circle nobody waits for anybody.
  for (size_t table = 0; table < parents.size(); ++table) {
    std::erase_if(parents[table], [&](size_t parent) { return above[parent].contains(table); });
  }
}

}  // namespace

bool may_have_keys(const catalog::Mapping& mapping, const plan::PlannedNode& node) { return mapping.tables_exist || !wants_empty_tables(node); }

CopyOrder copy_order(const catalog::Mapping& mapping, bool has_keys) {
  CopyOrder order;
  order.stages.assign(mapping.tables.size(), 0);
  if (!has_keys) return order;
  Parents parents = find_parents(mapping, order);
  find_circles(mapping, parents, order);
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t table = 0; table < parents.size(); ++table) {
      for (const size_t parent : parents[table]) {
        if (order.stages[table] > order.stages[parent]) continue;
        order.stages[table] = order.stages[parent] + 1;
        changed = true;
      }
    }
  }
  return order;
}

void plan_copy_order(plan::PlanContext& context, const catalog::Mapping& mapping, plan::PlannedNode& node, int64_t chunk_rows) {
  const std::string& kind = context.stores().at(mapping.to).store->plugin().manifest().name;
  // Our sessions on SQLite check no foreign keys, as it is by default.
  if (!may_have_keys(mapping, node) || kind == "sqlite") return;
  const CopyOrder order = copy_order(mapping, true);
  if (std::any_of(order.stages.begin(), order.stages.end(), [](int32_t stage) { return stage > 0; })) {
    node.effects.push_back("tables that others refer to first, as their foreign keys are in place");
  }
  for (const auto& circle : order.circles) {
    std::string names;
    for (const std::string& name : circle) names += (names.empty() ? "" : ", ") + name;
    context.warn(node.path + ": " + names + " refer to one another, so no order of copying keeps their foreign keys: " + kAdvice);
  }
  for (const size_t index : order.own_parents) {
    const catalog::TableMapping& table = mapping.tables[index];
    const bool is_checked_by_row = kind == "mysql";
    if (!is_checked_by_row && table.rows <= chunk_rows) continue;
    context.warn(node.path + ": " + table.target_table + " refers to itself, and " +
                 (is_checked_by_row ? "the server checks every row as it comes" : "its rows come in several chunks") +
                 ", in no order that the key could go by: " + kAdvice);
  }
}

}  // namespace sluice::steps
