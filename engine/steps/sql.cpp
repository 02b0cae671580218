#include "steps/sql.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/units.hpp"
#include "steps/fields.hpp"
#include "steps/sql_run.hpp"
#include "steps/sql_script.hpp"
#include "store/plugin.hpp"

namespace sluice::steps {
namespace {

SqlDialect dialect_of(const StepContext& context) { return steps::dialect_of(context.run.plan(), context.node); }

std::vector<SqlScript> scripts_of(const StepContext& context) {
  return scripts_of(context.node, context.run.workflow().files, dialect_of(context));
}

void describe(const std::vector<SqlScript>& scripts, SqlDialect dialect, plan::PlannedNode& node) {
  const std::string store = text_field(node, "store");
  for (const SqlScript& script : scripts) {
    const auto count = static_cast<int64_t>(script.statements.size());
    if (is_autocommit(node) || !is_one_transaction(script, dialect)) refuse_lost_values(script, dialect);
    std::string how;
    if (is_autocommit(node)) how = ", each outside of a transaction: one whose end is unknown after a kill must be looked at";
    else if (!is_one_transaction(script, dialect))
      how = ", not in one transaction: definitions commit by themselves, and calls may";
    node.effects.push_back("runs on " + store + ": " + (script.name.empty() ? script.text : script.name + " (" + count_of(count, "statement") + ")") + how);
  }
}

}  // namespace

void Sql::plan(const workflow::Action&, plan::PlanContext& context, plan::PlannedNode& node) const {
  const std::string store = text_field(node, "store");
  if (!context.session(store).capabilities().has(SLUICE_HAS_LANGUAGE)) {
    throw Error(Code::unsupported, "store \"" + store + "\" has no language of its own", node.word + " works on SQL stores only");
  }
  node.targets = {store};
  node.is_probed = is_autocommit(node);
  const SqlDialect dialect = dialect_of_plugin(context.stores().at(store).store->plugin().manifest().name);
  describe(scripts_of(node, context.workflow().files, dialect), dialect, node);
}

Expansion Sql::expand(StepContext& context) const {
  Expansion expansion;
  for (const SqlTask& each : tasks_of(context.node, scripts_of(context), dialect_of(context))) {
    Task task;
    task.id = each.id;
    task.stage = static_cast<int32_t>(expansion.tasks.size());
    task.chunk = 0;
    task.writes = text_field(context.node, "store");
    expansion.tasks.push_back(std::move(task));
  }
  return expansion;
}

TaskRecord Sql::run(StepContext& context, const Task& task) const {
  const std::vector<SqlScript> scripts = scripts_of(context);
  const std::vector<SqlTask> tasks = tasks_of(context.node, scripts, dialect_of(context));
  const auto found = std::find_if(tasks.begin(), tasks.end(), [&](const SqlTask& each) { return each.id == task.id; });
  if (found == tasks.end()) throw Error(Code::internal, context.node.path + ": there is no task " + task.id);
  TaskRecord record = run_sql_task(context, task.writes, scripts.at(found->script), *found);
  record.detail = nlohmann::json{{"digest", found->digest}}.dump();
  return record;
}

Conclusion Sql::conclude(StepContext& context) const {
  Conclusion conclusion;
  int64_t rows = 0;
  for (const TaskRecord& record : context.records) rows += record.rows;
  conclusion.metrics["rows"].value = workflow::MetricValue{true, rows, 1, 0};
  conclusion.summary = count_to_text(rows) + " rows changed";
  if (context.node.word == "sql") return conclusion;
  const auto files = static_cast<int64_t>(scripts_of(context).size());
  conclusion.metrics["files"].value = workflow::MetricValue{true, files, 1, 0};
  conclusion.summary = count_of(files, "file") + ", " + conclusion.summary;
  return conclusion;
}

}  // namespace sluice::steps
