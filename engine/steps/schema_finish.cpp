#include "steps/schema_finish.hpp"

#include <map>
#include <set>

#include "base/units.hpp"
#include "steps/fields.hpp"
#include "steps/guarded.hpp"
#include "store/plugin.hpp"

namespace sluice::steps {
namespace {

/// Nothing but the columns that count.
catalog::Catalog counters_of(const catalog::Catalog& target) {
  catalog::Catalog counters;
  counters.schema = target.schema;
  for (const catalog::Table& table : target.tables) {
    catalog::Table& bare = counters.tables.emplace_back();
    bare.schema = table.schema;
    bare.name = table.name;
    for (const catalog::Column& column : table.columns) {
      if (column.identity) bare.columns.push_back(column);
    }
  }
  return counters;
}

/// Of tables that were there before: only what follows from their rows.
std::vector<catalog::Statement> statements_for_existing(plan::PlanContext& context, const catalog::Mapping& mapping) {
  // SQLite numbers new rows behind the highest one by itself.
  if (context.stores().at(mapping.to).store->plugin().manifest().name == "sqlite") return {};
  auto statements = context.session(mapping.to).ddl(counters_of(mapping.target), "finish").statements;
  std::erase_if(statements, [](const catalog::Statement& statement) { return statement.kind != "sequence" && statement.kind != "analyze"; });
  return statements;
}

}  // namespace

void SchemaFinish::plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const {
  const catalog::Mapping& mapping = plan_map(action, context, node);
  node.targets = {mapping.to};
  node.statements = mapping.tables_exist ? statements_for_existing(context, mapping)
                                         : context.ddl(static_cast<size_t>(node.map), "finish").statements;
  node.has_undo = true;
  node.workers = static_cast<int32_t>(integer_field(node, "workers", 2));
  std::map<std::string, int> counts;
  for (const auto& statement : node.statements) ++counts[statement.kind];
  std::string line = "adds";
  for (const auto& [kind, count] : counts) line += " " + std::to_string(count) + " " + kind;
  if (mapping.tables_exist) line = "sets " + count_of(counts["sequence"], "counter") + " behind the highest numbers; makes no keys or indexes: the tables have theirs";
  node.effects = {node.statements.empty() && !mapping.tables_exist ? "nothing to add" : line};
  node.destroys = describe_objects(node.statements);
}

Expansion SchemaFinish::expand(StepContext& context) const {
  Expansion expansion;
  for (size_t i = 0; i < context.node.statements.size(); ++i) {
    const catalog::Statement& statement = context.node.statements[i];
    Task task;
    // The number keeps ids apart where two statements have one name.
    task.id = std::to_string(i) + ":" + statement.kind + ":" + (statement.name.empty() ? statement.table : statement.name);
    task.stage = statement.group;
    task.table = statement.table;
    task.chunk = static_cast<int64_t>(i);
    task.writes = context.mapping().to;
    expansion.tasks.push_back(std::move(task));
  }
  return expansion;
}

TaskRecord SchemaFinish::run(StepContext& context, const Task& task) const {
  TaskRecord record;
  const catalog::Statement& statement = context.node.statements.at(static_cast<size_t>(task.chunk));
  record.skipped = !run_statements(context, task.writes, context.key(task.table, task.chunk), {statement});
  return record;
}

Conclusion SchemaFinish::conclude(StepContext& context) const {
  // An index and the key made over it share their name and count once.
  std::set<std::pair<std::string, std::string>> names;
  int64_t foreign_keys = 0;
  int64_t counters = 0;
  for (const auto& statement : context.node.statements) {
    if (statement.kind == "foreign_key") ++foreign_keys;
    if (statement.kind == "sequence") ++counters;
    if (statement.kind == "index" || statement.kind == "primary_key" || statement.kind == "unique") names.emplace(statement.table, statement.name);
  }
  const auto indexes = static_cast<int64_t>(names.size());
  Conclusion conclusion;
  conclusion.metrics["indexes"].value = workflow::MetricValue{true, indexes, 1, 0};
  conclusion.metrics["foreign_keys"].value = workflow::MetricValue{true, foreign_keys, 1, 0};
  conclusion.summary = count_to_text(indexes) + (indexes == 1 ? " key or index" : " keys and indexes") + ", " + count_of(foreign_keys, "foreign key");
  if (context.mapping().tables_exist) conclusion.summary = count_of(counters, "counter") + " set behind the highest numbers";
  return conclusion;
}

UndoReport SchemaFinish::undo(StepContext& context) const { return drop_created(context, context.mapping().to); }

}  // namespace sluice::steps
