#include "steps/copy_tables.hpp"

#include <algorithm>
#include <set>

#include "base/units.hpp"
#include "copy/convert.hpp"
#include "copy/copy_chunk.hpp"
#include "steps/copy_order.hpp"
#include "steps/fields.hpp"
#include "steps/guarded.hpp"
#include "steps/load_mode.hpp"
#include "steps/opening.hpp"
#include "steps/pace.hpp"
#include "steps/rejects.hpp"

namespace sluice::steps {
namespace {

constexpr int64_t kDefaultChunkRows = 200000;

/// What the chunks of this step and generation came to.
std::vector<store::LedgerRow> chunk_rows(StepContext& context) {
  std::vector<store::LedgerRow> rows = context.session(context.mapping().to).ledger_read(context.run.run(), context.node.path);
  std::erase_if(rows, [&](const store::LedgerRow& row) { return row.key.generation != context.generation || row.key.chunk < 0; });
  return rows;
}

std::set<std::pair<std::string, int64_t>> finished_chunks(StepContext& context) {
  std::set<std::pair<std::string, int64_t>> finished;
  for (const auto& row : chunk_rows(context)) finished.emplace(row.key.table, row.key.chunk);
  return finished;
}

/// nullptr where a row that can't be written stops the step. Keyed by the generation: an undo gives all back.
copy::RejectLimit* reject_limit(StepContext& context) {
  const auto options = reject_options(context.node);
  if (!options) return nullptr;
  return context.run.rejects(context.node.path + "#" + std::to_string(context.generation), [&] {
    int64_t taken = 0;
    for (const auto& row : chunk_rows(context)) taken += row.result.rejected + row.result.refused;
    return std::make_unique<copy::RejectLimit>(options->limit, taken);
  });
}

/// Only now: until every chunk is there, the next copy must begin where this one began.
void keep_marks(StepContext& context) {
  if (table_field(context.node, "since").empty()) return;
  for (const auto& table : context.mapping().tables) {
    const Opening opening = read_opening(context, table);
    if (opening.since) keep_mark(context, table, *opening.since);
  }
}

const catalog::TableMapping& table_of(const StepContext& context, const std::string& name) {
  const auto* table = context.mapping().find_target(name);
  if (table == nullptr) throw Error(Code::internal, "the map has no table " + name);
  return *table;
}

}  // namespace

void CopyTables::plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const {
  const catalog::Mapping& mapping = plan_map(action, context, node);
  node.targets = {mapping.to};
  node.sources = {mapping.from};
  node.has_undo = true;
  node.workers = static_cast<int32_t>(integer_field(node, "workers", 2));
  int64_t rows = 0;
  int64_t bytes = 0;
  for (const auto& table : mapping.tables) {
    rows += table.rows;
    bytes += table.bytes;
    if (wants_empty_tables(node)) node.destroys.push_back("deletes the rows of " + table.target_table);
  }
  node.effects = {"copies about " + count_to_text(rows) + " rows (" + size_to_text(bytes) + ") of " +
                      std::to_string(mapping.tables.size()) + " tables from " + mapping.from + " to " + mapping.to,
                  "chunks of " + std::to_string(integer_field(node, "chunk_rows", kDefaultChunkRows)) + " rows"};
  plan_rates(node);
  plan_load_mode(context, mapping, node);
  plan_since(context, mapping, node);
  plan_copy_order(context, mapping, node, integer_field(node, "chunk_rows", kDefaultChunkRows));
  plan_rejects(context, mapping.to, node);
}

Expansion CopyTables::expand(StepContext& context) const {
  store::Session& target = context.session(context.mapping().to);
  CancelScope scope(context.cancel, target);
  const int64_t chunk_rows = integer_field(context.node, "chunk_rows", kDefaultChunkRows);
  std::vector<const catalog::TableMapping*> tables;
  for (const auto& table : context.mapping().tables) tables.push_back(&table);
  // The largest table first, so that its last chunks don't run alone at the end.
  std::stable_sort(tables.begin(), tables.end(), [](const auto* a, const auto* b) { return a->rows > b->rows; });
  if (const auto options = reject_options(context.node)) check_reject_file(context, *options);
  if (replaces_rows(context.node)) clear_tables(context);
  const auto finished = finished_chunks(context);
  Expansion expansion;
  const CopyOrder order = copy_order(context.mapping(), may_have_keys(context.mapping(), context.node));
  for (const auto* table : tables) {
    context.cancel.check();
    const store::Cuts cuts = open_table(context, *table, chunk_rows).cuts;
    for (size_t chunk = 0; chunk <= cuts.cuts.size(); ++chunk) {
      if (finished.contains({table->target_table, static_cast<int64_t>(chunk)})) {
        ++expansion.done;
        continue;
      }
      Task task;
      task.id = table->target_table + ":" + std::to_string(chunk);
      task.table = table->target_table;
      task.stage = order.stages[static_cast<size_t>(table - context.mapping().tables.data())];
      task.chunk = static_cast<int64_t>(chunk);
      task.range = store::chunk_range(cuts, chunk);
      task.writes = context.mapping().to;
      expansion.tasks.push_back(std::move(task));
    }
  }
  return expansion;
}

TaskRecord CopyTables::run(StepContext& context, const Task& task) const {
  const catalog::Mapping& mapping = context.mapping();
  store::Session& source = context.reader(mapping.from);
  store::Session& target = context.session(mapping.to);
  CancelScope source_scope(context.cancel, source);
  CancelScope target_scope(context.cancel, target);
  const catalog::TableMapping table = taken_rows(context, table_of(context, task.table));
  const RateLimits limits = rate_limits(context.node);
  copy::ChunkWork work{table, task.range, context.key(task.table, task.chunk), context.run.fence(mapping.to), batch_rows(limits), batch_bytes(limits)};
  work.transform = context.transform(table);
  work.mode = load_mode(context.node);
  work.rejects = reject_limit(context);
  Pace pace(context);
  TaskRecord record;
  record.table = task.table;
  try {
    const auto outcome = copy::copy_chunk(source, target, work, [&](int64_t rows, int64_t bytes) { pace.show(rows, bytes); });
    record.skipped = outcome.already_done;
    record.rows = outcome.result.written;
    record.bytes = outcome.bytes;
  } catch (const Error& error) {
    throw error.code() == Code::cancelled ? error : error.with_prefix(task.table + ", chunk " + std::to_string(task.chunk) + ": ");
  }
  return record;
}

Conclusion CopyTables::conclude(StepContext& context) const {
  Conclusion conclusion;
  workflow::Metric& rows = conclusion.metrics["rows"];
  workflow::Metric& rejects = conclusion.metrics["rejects"];
  int64_t total = 0;
  int64_t rejected = 0;
  int64_t there = 0;
  std::map<std::string, int64_t> read;
  for (const auto& row : chunk_rows(context)) {
    const int64_t left_out = row.result.rejected + row.result.refused;
    rows.tables[row.key.table].numerator += row.result.written;
    rejects.tables[row.key.table].numerator += left_out;
    read[row.key.table] += row.result.read;
    conclusion.metrics["already_there"].tables[row.key.table].numerator += row.result.already_there;
    total += row.result.written;
    rejected += left_out;
    there += row.result.already_there;
  }
  for (const auto& [table, count] : read) {
    conclusion.metrics["reject_rate"].tables[table] = {true, rejects.tables[table].numerator, std::max<int64_t>(1, count), 0};
  }
  keep_marks(context);
  int64_t bytes = 0;
  double seconds = 0;
  for (const TaskRecord& record : context.records) {
    bytes += record.bytes;
    seconds += record.seconds;
  }
  conclusion.metrics["bytes"].value = workflow::MetricValue{true, bytes, 1, 0};
  conclusion.metrics["seconds"].value = workflow::MetricValue{false, 0, 1, seconds};
  // Tasks of several workers go on at once.
  const auto at_once = static_cast<double>(std::clamp<size_t>(context.records.size(), 1, static_cast<size_t>(std::max(1, context.node.workers))));
  conclusion.metrics["rate"].value = workflow::MetricValue{false, 0, 1, seconds > 0 ? static_cast<double>(total) * at_once / seconds : 0};
  conclusion.summary = count_of(total, "row") + " in " + count_of(static_cast<int64_t>(rows.tables.size()), "table");
  if (there > 0) conclusion.summary += ", " + count_of(there, "row") + " there already";
  if (rejected > 0) {
    conclusion.summary += ", " + count_of(rejected, "row") + " rejected: " + export_rejects(context, reject_options(context.node).value_or(RejectOptions{}));
  }
  return conclusion;
}

UndoReport CopyTables::undo(StepContext& context) const {
  UndoReport report;
  const std::string& store = context.mapping().to;
  store::Session& session = context.session(store);
  CancelScope scope(context.cancel, session);
  store::Guard guard(session, context.run.fence(store), context.key("", kUndoChunk));
  if (guard.already_done()) return report;
  for (const auto& statement : session.ddl(context.mapping().target, "clear").statements) {
    context.cancel.check();
    report.rows += std::max<int64_t>(0, session.execute(statement.sql));
  }
  session.ledger_forget(context.run.run(), context.node.path, context.generation);
  forget_marks(context);
  guard.commit({});
  return report;
}

}  // namespace sluice::steps
