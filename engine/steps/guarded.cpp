#include "steps/guarded.hpp"

#include <algorithm>

#include "steps/since.hpp"

namespace sluice::steps {
namespace {

bool creates_object(const catalog::Statement& statement) {
  static const std::vector<std::string> kinds = {"schema", "table", "primary_key", "unique", "index", "foreign_key"};
  return std::find(kinds.begin(), kinds.end(), statement.kind) != kinds.end();
}

}  // namespace

bool run_statements(StepContext& context, const std::string& store, const store::WorkKey& key,
                    const std::vector<catalog::Statement>& statements) {
  store::Session& session = context.session(store);
  CancelScope scope(context.cancel, session);
  store::Guard guard(session, context.run.fence(store), key);
  if (guard.already_done()) return false;
  std::vector<catalog::Statement> created;
  for (const catalog::Statement& statement : statements) {
    context.cancel.check();
    try {
      session.execute(statement.sql);
    } catch (const Error& error) {
      throw error.with_prefix(statement.kind + " " + (statement.name.empty() ? statement.table : statement.name) + ": ");
    }
    if (creates_object(statement)) created.push_back(statement);
  }
  if (!created.empty()) session.objects_record(created);
  guard.commit({});
  return true;
}

UndoReport drop_created(StepContext& context, const std::string& store) {
  UndoReport report;
  store::Session& session = context.session(store);
  CancelScope scope(context.cancel, session);
  store::Guard guard(session, context.run.fence(store), context.key("", kUndoChunk));
  if (guard.already_done()) return report;
  auto dropped = session.objects_drop(context.run.run(), context.node.path);
  report.dropped = std::move(dropped.dropped);
  report.kept = std::move(dropped.kept);
  session.ledger_forget(context.run.run(), context.node.path, context.generation);
  const auto is_table = [](const std::string& dropped) { return dropped.rfind("table ", 0) == 0; };
  if (std::ranges::any_of(report.dropped, is_table)) forget_marks(context);
  guard.commit({});
  return report;
}

std::vector<std::string> describe_objects(const std::vector<catalog::Statement>& statements) {
  std::vector<std::string> lines;
  for (const catalog::Statement& statement : statements) {
    if (!creates_object(statement)) continue;
    const std::string& name = statement.name.empty() ? statement.table : statement.name;
    lines.push_back("drops " + statement.kind + " " + name + " (if this run created it)");
  }
  return lines;
}

const catalog::Mapping& plan_map(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) {
  const auto* ref = workflow::find_field(action.fields, "map")->as<workflow::MapRef>();
  node.map = static_cast<int32_t>(ref->index);
  return context.mapping(ref->index);
}

}  // namespace sluice::steps
