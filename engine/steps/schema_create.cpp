#include "steps/schema_create.hpp"

#include "base/units.hpp"
#include "steps/guarded.hpp"

namespace sluice::steps {

void SchemaCreate::plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const {
  const catalog::Mapping& mapping = plan_map(action, context, node);
  if (mapping.tables_exist) {
    throw Error(Code::invalid_argument, node.path + ": the map says tables_exist, so there is nothing to create",
                "leave this step out, or take tables_exist out of the map");
  }
  node.targets = {mapping.to};
  node.statements = context.ddl(static_cast<size_t>(node.map), "tables").statements;
  node.has_undo = true;
  node.effects = {"creates " + std::to_string(mapping.tables.size()) + " tables in " + mapping.to};
  node.destroys = describe_objects(node.statements);
}

Expansion SchemaCreate::expand(StepContext& context) const {
  Task task;
  task.id = "tables";
  task.chunk = 0;
  task.writes = context.mapping().to;
  Expansion expansion;
  expansion.tasks.push_back(task);
  return expansion;
}

TaskRecord SchemaCreate::run(StepContext& context, const Task& task) const {
  TaskRecord record;
  record.skipped = !run_statements(context, task.writes, context.key("", task.chunk), context.node.statements);
  return record;
}

Conclusion SchemaCreate::conclude(StepContext& context) const {
  Conclusion conclusion;
  const auto tables = static_cast<int64_t>(context.mapping().tables.size());
  conclusion.metrics["tables"].value = workflow::MetricValue{true, tables, 1, 0};
  conclusion.summary = count_of(tables, "table") + " created";
  return conclusion;
}

UndoReport SchemaCreate::undo(StepContext& context) const { return drop_created(context, context.mapping().to); }

}  // namespace sluice::steps
