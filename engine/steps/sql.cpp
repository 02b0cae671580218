#include "steps/sql.hpp"

#include "base/units.hpp"
#include "steps/fields.hpp"

namespace sluice::steps {

void Sql::plan(const workflow::Action&, plan::PlanContext& context, plan::PlannedNode& node) const {
  const std::string store = text_field(node, "store");
  if (!context.session(store).capabilities().has(SLUICE_HAS_LANGUAGE)) {
    throw Error(Code::unsupported, "store \"" + store + "\" has no language of its own", "sql works on SQL stores only");
  }
  node.targets = {store};
  node.effects = {"runs on " + store + ": " + text_field(node, "text")};
}

Expansion Sql::expand(StepContext& context) const {
  Task task;
  task.id = "statement";
  task.chunk = 0;
  task.writes = text_field(context.node, "store");
  Expansion expansion;
  expansion.tasks.push_back(std::move(task));
  return expansion;
}

TaskRecord Sql::run(StepContext& context, const Task& task) const {
  store::Session& session = context.session(task.writes);
  CancelScope scope(context.cancel, session);
  TaskRecord record;
  store::Guard guard(session, context.run.fence(task.writes), context.key("", task.chunk));
  if (guard.already_done()) {
    if (auto row = session.guard_probe(context.key("", task.chunk))) record.rows = row->result.written;
    record.skipped = true;
    return record;
  }
  record.rows = std::max<int64_t>(0, session.execute(text_field(context.node, "text")));
  store::WorkResult result;
  result.emitted = result.written = record.rows;
  guard.commit(result);
  return record;
}

Conclusion Sql::conclude(StepContext& context) const {
  Conclusion conclusion;
  int64_t rows = 0;
  for (const TaskRecord& record : context.records) rows += record.rows;
  conclusion.metrics["rows"].value = workflow::MetricValue{true, rows, 1, 0};
  conclusion.summary = count_to_text(rows) + " rows changed";
  return conclusion;
}

}  // namespace sluice::steps
