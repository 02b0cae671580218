#include <map>

#include "base/escape.hpp"
#include "base/units.hpp"
#include "plan/plan.hpp"

namespace sluice::plan {
namespace {

using workflow::NodeKind;

std::string indent(int depth) { return std::string(static_cast<size_t>(depth) * 2, ' '); }

void add_stores(const Plan& plan, std::string& text) {
  text += "Stores\n";
  for (const auto& store : plan.stores) {
    text += "  " + store.name + "  " + store.plugin + " " + store.plugin_version + "  " + store.url;
    if (!store.schema.empty()) text += "  schema " + store.schema;
    if (!store.version.empty()) text += "  (" + store.version + ")";
    text += store.disposable ? "  throw-away" : "";
    text += store.is_target ? "  target\n" : "  only read\n";
  }
}

void add_params(const Plan& plan, std::string& text) {
  if (plan.params.empty()) return;
  text += "Params\n";
  for (const auto& param : plan.params) text += "  " + param.name + " = " + param.value + "  (" + param.origin + ")\n";
}

void add_node(const Plan& plan, const PlannedNode& node, std::string& text) {
  const std::string name = node.path.substr(node.path.find('.') + 1);
  text += indent(2) + (node.kind == NodeKind::gate ? "gate " : "step ") + name + (node.word.empty() ? "" : "  " + node.word);
  if (!node.title.empty()) text += "  " + node.title;
  text += "\n";
  if (!node.criterion.empty()) text += indent(4) + "holds when " + node.criterion + "\n";
  if (!node.check.empty()) text += indent(4) + "holds when the function at " + node.where + " says so\n";
  for (const std::string& effect : node.effects) text += indent(4) + effect + "\n";
  if (node.on_fail && node.on_fail->kind == workflow::OnFail::Kind::rollback_to) {
    text += indent(4) + "on failure: roll back to " + node.on_fail->node + "\n";
  }
  for (const auto& statement : node.statements) {
    text += indent(4) + "sql  " + statement.sql + "\n";
  }
  (void)plan;
}

std::string waits_for(const Plan& plan, const PlannedNode& node) {
  std::string text;
  for (uint32_t before : node.after) {
    const PlannedNode& other = plan.nodes[before];
    if (other.kind == NodeKind::phase) text += (text.empty() ? "" : ", ") + other.path;
  }
  return text;
}

/// Phases stand behind their children: they are collected first, printed before them.
void add_graph(const Plan& plan, std::string& text) {
  text += "Graph (in order)\n";
  size_t first = 0;
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    if (plan.nodes[i].kind != NodeKind::phase) continue;
    const std::string after = waits_for(plan, plan.nodes[first]);
    text += "  phase " + plan.nodes[i].path + (after.empty() ? "" : "  after " + after) + "\n";
    for (size_t child = first; child < i; ++child) {
      if (plan.nodes[child].kind == NodeKind::parallel) {
        text += indent(2) + "(those that wait for the same node run together)\n";
      } else {
        add_node(plan, plan.nodes[child], text);
      }
    }
    first = i + 1;
  }
}

void add_column(const catalog::ColumnMapping& column, std::string& text) {
  if (column.source.empty()) {
    text += indent(4) + column.target + "  new -> " + column.target_native + "  by transform " + column.transform.id + " (" +
            column.transform.where + ")\n";
    return;
  }
  text += indent(4) + column.target + "  " + (column.source_native.empty() ? to_text(column.source_carrier) : column.source_native) + " -> " +
          column.target_native;
  if (const std::string casts = describe_casts(column); !casts.empty()) text += "  by " + casts;
  if (!column.policy.empty()) text += "  equal under: " + column.policy;
  if (!column.reason.empty()) text += "  [" + column.reason + "]";
  if (column.transform) {
    text += "  by transform " + column.transform.id + " (" + column.transform.where + ")";
    if (!column.source.empty() && !(column.input == column.compare)) text += " of " + to_text(column.input);
  }
  text += "\n";
}

void add_functions(const catalog::TableMapping& table, std::string& text) {
  if (table.filter) text += indent(4) + "rows that the filter takes, " + table.filter.id + " (" + table.filter.where + ")\n";
  if (table.row) text += indent(4) + "rows as the function makes them, " + table.row.id + " (" + table.row.where + ")\n";
  for (const auto& column : table.inputs) text += indent(4) + column.source + "  read for functions only\n";
}

void add_mapping(const catalog::Mapping& mapping, std::string& text) {
  text += "Map " + mapping.from + " -> " + mapping.to + "\n";
  int64_t rows = 0;
  int64_t bytes = 0;
  for (const auto& table : mapping.tables) {
    rows += table.rows;
    bytes += table.bytes;
    text += indent(2) + table.source_table + " -> " + (table.target_schema.empty() ? "" : table.target_schema + ".") + table.target_table +
            "  about " + count_to_text(table.rows) + " rows, " + size_to_text(table.bytes) +
            (table.where.empty() ? "" : "  where " + table.where) + (table.key.empty() ? "  no key: compared as a multiset" : "") + "\n";
    for (const auto& column : table.columns) add_column(column, text);
    add_functions(table, text);
  }
  text += indent(2) + "in all about " + count_to_text(rows) + " rows, " + size_to_text(bytes) + "\n";
}

void add_rollbacks(const Plan& plan, std::string& text) {
  std::string lines;
  for (const auto& node : plan.nodes) {
    for (const std::string& line : node.destroys) lines += "  " + node.path + "  " + line + "\n";
  }
  if (!lines.empty()) text += "A rollback would (newest first, only what was done by then)\n" + lines;
}

}  // namespace

std::string plan_text(const Plan& plan) {
  std::string text = "Plan of " + plan.workflow + (plan.title.empty() ? "" : ": " + plan.title) + "\n";
  add_stores(plan, text);
  add_params(plan, text);
  add_graph(plan, text);
  for (const auto& mapping : plan.mappings) {
    if (!mapping.from.empty()) add_mapping(mapping, text);
  }
  add_rollbacks(plan, text);
  text += plan.warnings.empty() ? "No warnings\n" : "Warnings\n";
  for (const std::string& warning : plan.warnings) text += "  " + warning + "\n";
  text += "Hash " + plan.hash + "\n";
  return escape_terminal_lines(text);
}

}  // namespace sluice::plan
