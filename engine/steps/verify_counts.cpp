#include "steps/verify_counts.hpp"

#include <algorithm>

#include "base/units.hpp"
#include "copy/convert.hpp"
#include "steps/copied.hpp"
#include "steps/guarded.hpp"
#include "steps/proof_metrics.hpp"
#include "store/plugin.hpp"

namespace sluice::steps {
namespace {

int64_t count_rows(store::Session& session, const catalog::Catalog& one_table) {
  const auto statements = session.ddl(one_table, "count").statements;
  return std::stoll(session.scalar(statements.at(0).sql).value());
}

catalog::Catalog single_table(const std::string& schema, const std::string& name) {
  catalog::Catalog catalog;
  catalog.schema = schema;
  catalog.tables.emplace_back();
  catalog.tables.back().schema = schema;
  catalog.tables.back().name = name;
  return catalog;
}

/// Rows that functions drop or split are counted as they come out.
int64_t count_transformed(StepContext& context, store::Session& session, const catalog::TableMapping& table) {
  const auto check = [&] { context.cancel.check(); };
  return static_cast<int64_t>(verify::fingerprint_of(session, table, true, {}, check, {context.transform(table), 0, 0}).count);
}

/// For stores that say no count of their own, and for a part of a table: reads the least that is there.
int64_t count_by_reading(store::Session& session, const catalog::TableMapping& table, bool has_rejects) {
  store::ReadSpec spec;
  spec.schema = table.source_schema;
  spec.table = table.source_table;
  spec.columns = {copy::column_names(table, copy::Side::source).front()};
  spec.wanted = {copy::carrier_fields(table, copy::Side::source).front()};
  spec.where = table.where;
  int64_t rows = 0;
  // A row that can't be read is a row all the same.
  if (has_rejects) spec.left_out = [&rows](const store::LeftOut&) { ++rows; };
  const auto reader = session.read(spec);
  for (arrow::Array batch = reader->next(); !batch.empty(); batch = reader->next()) rows += batch->length;
  return rows;
}

int64_t count_source(store::Session& session, const catalog::TableMapping& table, bool has_rejects) {
  const auto& roles = session.store().plugin().manifest().roles;
  const bool can_count = std::find(roles.begin(), roles.end(), "target") != roles.end();
  if (!can_count || !table.where.empty()) return count_by_reading(session, table, has_rejects);
  return count_rows(session, single_table(table.source_schema, table.source_table));
}

/// The rows that the target should hold: those of the source without rejects, as functions leave them.
int64_t count_wanted(StepContext& context, store::Session& source, const catalog::TableMapping& table, const store::WorkResult& done) {
  if (!table.changes_rows()) return count_source(source, table, left_out(done) > 0) - left_out(done);
  // Functions fail again on rows that they failed on: what the copy counted stands in.
  return left_out(done) > 0 ? done.emitted - done.refused : count_transformed(context, source, table);
}

}  // namespace

void VerifyCounts::plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const {
  const catalog::Mapping& mapping = plan_map(action, context, node);
  node.sources = {mapping.from};
  node.workers = 2;
  node.effects = {"counts the rows of " + std::to_string(mapping.tables.size()) + " tables on both sides"};
}

Expansion VerifyCounts::expand(StepContext& context) const {
  Expansion expansion;
  for (const auto& table : context.mapping().tables) {
    Task task;
    task.id = table.target_table;
    task.table = table.target_table;
    expansion.tasks.push_back(std::move(task));
  }
  return expansion;
}

TaskRecord VerifyCounts::run(StepContext& context, const Task& task) const {
  const catalog::Mapping& mapping = context.mapping();
  const auto& table = *mapping.find_target(task.table);
  store::Session& source = context.reader(mapping.from);
  store::Session& target = context.session(mapping.to);
  CancelScope source_scope(context.cancel, source);
  CancelScope target_scope(context.cancel, target);
  verify::TableDifference difference;
  difference.table = task.table;
  const store::WorkResult done = copied(context, table, Origin::own);
  const int64_t others = arrived(copied(context, table, Origin::others));
  difference.source_rows = count_wanted(context, source, table, done) + others;
  difference.target_rows = count_rows(target, single_table(table.target_schema, table.target_table));
  if (left_out(done) > 0) difference.notes.push_back(count_of(left_out(done), "row") + " of the source are rejects and not counted");
  if (others > 0) difference.notes.push_back(count_of(others, "row") + " came by other maps, as the ledger counted them");
  difference.missing = std::max<int64_t>(0, difference.source_rows - difference.target_rows);
  difference.extra = std::max<int64_t>(0, difference.target_rows - difference.source_rows);
  const bool is_equal = difference.source_rows == difference.target_rows;
  difference.verdict = is_equal ? verify::Verdict::match : verify::Verdict::mismatch;
  TaskRecord record;
  record.table = task.table;
  record.rows = difference.target_rows;
  record.detail = to_detail(difference);
  return record;
}

Conclusion VerifyCounts::conclude(StepContext& context) const {
  Conclusion conclusion = conclude_proof(context.records, context.mapping());
  // Equal counts prove nothing about content: the run's verdict comes from verify.content alone.
  if (conclusion.verdict == "MATCH") conclusion.verdict.clear();
  for (const char* name : {"changed", "duplicated", "sampled"}) conclusion.metrics.erase(name);
  return conclusion;
}

}  // namespace sluice::steps
