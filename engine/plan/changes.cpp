#include <set>

#include "plan/plan.hpp"

namespace sluice::plan {
namespace {

std::string column_text(const catalog::ColumnMapping& column) {
  const std::string casts = describe_casts(column);
  return column.source + " -> " + column.target + " " + to_text(column.compare) + " (" + column.target_native + ")" +
         (casts.empty() ? "" : " by " + casts) + (column.transform ? " by transform " + column.transform.id : "");
}

/// Where the same place of the map says something else.
void compare_functions(const std::string& object, const catalog::TransformRef& before, const catalog::TransformRef& after,
                       std::vector<std::string>& changes) {
  if (before.id == after.id && before.digest == after.digest) return;
  const catalog::TransformRef& shown = after ? after : before;
  changes.push_back(object + ": " + shown.id + " (" + shown.where + ") " + (!after ? "is gone" : before ? "makes other values now" : "is new"));
}

void compare_tables(const catalog::TableMapping& before, const catalog::TableMapping& after, std::vector<std::string>& changes) {
  const std::string& name = before.target_table;
  if (before.where != after.where) changes.push_back(name + ": rows where " + after.where + ", was " + before.where);
  compare_functions(name, before.filter, after.filter, changes);
  compare_functions(name, before.row, after.row, changes);
  for (const auto& column : before.columns) {
    const auto* now = after.find_target(column.target);
    if (now == nullptr) {
      changes.push_back(name + "." + column.target + ": gone");
    } else if (column_text(column) == column_text(*now)) {
      compare_functions(name + "." + column.target, column.transform, now->transform, changes);
    } else {
      changes.push_back(name + "." + column.target + ": " + column_text(*now) + ", was " + column_text(column));
    }
  }
  for (const auto& column : after.columns) {
    if (before.find_target(column.target) == nullptr) changes.push_back(name + "." + column.target + ": new");
  }
}

}  // namespace

std::vector<std::string> mapping_changes(const catalog::Mapping& before, const catalog::Mapping& after) {
  std::vector<std::string> changes;
  for (const auto& table : before.tables) {
    const auto* now = after.find_target(table.target_table);
    if (now == nullptr) {
      changes.push_back(table.target_table + ": gone");
    } else {
      compare_tables(table, *now, changes);
    }
  }
  for (const auto& table : after.tables) {
    if (before.find_target(table.target_table) == nullptr) changes.push_back(table.target_table + ": new");
  }
  return changes;
}

std::vector<std::string> plan_changes(const Plan& before, const Plan& after) {
  const NodeIndex nodes_before(before);
  const NodeIndex nodes_after(after);
  std::vector<std::string> changes;
  for (const auto& node : before.nodes) {
    const PlannedNode* now = nodes_after.find(node.path);
    if (now == nullptr) {
      changes.push_back(node.path + ": gone");
    } else if (now->word != node.word || now->fields != node.fields || now->criterion != node.criterion) {
      changes.push_back(node.path + ": changed");
    }
  }
  for (const auto& node : after.nodes) {
    if (nodes_before.find(node.path) == nullptr) changes.push_back(node.path + ": new");
  }
  for (size_t map = 0; map < after.mappings.size() && map < before.mappings.size(); ++map) {
    for (auto& change : mapping_changes(before.mappings[map], after.mappings[map])) changes.push_back(std::move(change));
  }
  if (changes.empty()) changes.push_back("the text alone (no node changed)");
  return changes;
}

}  // namespace sluice::plan
