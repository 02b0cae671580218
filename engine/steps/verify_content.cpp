#include "steps/verify_content.hpp"

#include <nlohmann/json.hpp>

#include "arrow/fingerprint.hpp"
#include "base/units.hpp"
#include "copy/convert.hpp"
#include "steps/copied.hpp"
#include "steps/fields.hpp"
#include "steps/guarded.hpp"
#include "steps/proof_metrics.hpp"
#include "verify/sample.hpp"

namespace sluice::steps {
namespace {

using catalog::TableMapping;

constexpr int kReadStage = 0;
constexpr int kCompareStage = 1;
constexpr int64_t kRangeRows = 200000;

bool rereads_source(const plan::PlannedNode& node) { return text_field(node, "source", "ledger") == "reread"; }

verify::CopiedBy copied_by(StepContext& context, const TableMapping& table) {
  const store::WorkResult done = copied(context, table, Origin::own);
  return {context.transform(table), left_out(done), done.refused};
}

/// What one side of a table is, as fingerprints of its own ranges: sums need no common bounds.
void add_ranges(std::vector<Task>& tasks, store::Session& session, const TableMapping& table, copy::Side side, int64_t rows) {
  const bool is_source = side == copy::Side::source;
  store::ReadSpec spec;
  spec.schema = is_source ? table.source_schema : table.target_schema;
  spec.table = is_source ? table.source_table : table.target_table;
  spec.columns = copy::column_names(table, side);
  if (is_source) spec.where = table.where;
  const store::Cuts cuts = session.plan_chunks(spec, std::max<int64_t>(1, rows / kRangeRows));
  for (size_t chunk = 0; chunk <= cuts.cuts.size(); ++chunk) {
    Task task;
    task.id = std::string(is_source ? "source" : "target") + ":" + table.target_table + ":" + std::to_string(chunk);
    task.stage = kReadStage;
    task.table = table.target_table;
    task.chunk = is_source ? 0 : 1;
    task.range = store::chunk_range(cuts, chunk);
    tasks.push_back(std::move(task));
  }
}

std::optional<sluice_fingerprint> read_fingerprint(StepContext& context, const std::string& side, const std::string& table) {
  std::optional<sluice_fingerprint> sum;
  for (const TaskRecord& record : context.records) {
    if (record.id.rfind(side + ":" + table + ":", 0) != 0) continue;
    if (!sum) sum.emplace();
    arrow::merge(*sum, store::fingerprint_from_text(nlohmann::json::parse(record.detail).at("f")));
  }
  return sum;
}

/// Of all rows that the table should hold. Those that other maps copied into it are taken from the ledger.
std::optional<sluice_fingerprint> source_fingerprint(StepContext& context, const TableMapping& table) {
  if (!rereads_source(context.node)) return copied_fingerprint(context, table, Origin::all);
  auto source = read_fingerprint(context, "source", table.target_table);
  const auto others = copied_fingerprint(context, table, Origin::others);
  if (source && others) arrow::merge(*source, *others);
  return source;
}

TaskRecord read_range(StepContext& context, const Task& task, const TableMapping& table) {
  const catalog::Mapping& mapping = context.mapping();
  const bool is_source = task.chunk == 0;
  store::Session& session = is_source ? context.reader(mapping.from) : context.session(mapping.to);
  CancelScope scope(context.cancel, session);
  auto check = [&] { context.cancel.check(); };
  const sluice_fingerprint f = verify::fingerprint_of(session, table, is_source, task.range, check, is_source ? copied_by(context, table) : verify::CopiedBy{});
  TaskRecord record;
  record.table = task.table;
  record.rows = static_cast<int64_t>(f.count);
  record.detail = nlohmann::json{{"f", store::to_text(f)}}.dump();
  return record;
}

std::vector<std::string> policies(const TableMapping& table) {
  std::vector<std::string> notes;
  for (const auto& column : table.columns) {
    if (!column.policy.empty()) notes.push_back(column.target + ": equal under: " + column.policy);
    if (column.transform) notes.push_back(column.target + ": equal under transform " + column.transform.id + " (" + column.transform.where + ")");
  }
  return notes;
}

/// Fingerprints first; rows and columns only where they differ, or where the ledger can't speak for the source.
verify::TableDifference compare(StepContext& context, const TableMapping& table, int64_t limit) {
  auto check = [&] { context.cancel.check(); };
  const std::string& name = table.target_table;
  const auto target = read_fingerprint(context, "target", name);
  const auto source = source_fingerprint(context, table);
  if (source && target && arrow::equal(*source, *target)) {
    verify::TableDifference same;
    same.table = name;
    same.source_rows = static_cast<int64_t>(source->count);
    same.target_rows = static_cast<int64_t>(target->count);
    same.verdict = verify::Verdict::match;
    same.notes = policies(table);
    return same;
  }
  return verify::compare_table(context.reader(context.mapping().from), context.session(context.mapping().to), table, limit, check,
                               copied_by(context, table));
}

}  // namespace

void VerifyContent::plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const {
  const catalog::Mapping& mapping = plan_map(action, context, node);
  node.sources = {mapping.from};
  node.workers = static_cast<int32_t>(integer_field(node, "workers", 2));
  node.effects = {"compares the content of " + std::to_string(mapping.tables.size()) + " tables, source by " +
                  (rereads_source(node) ? "reading it again" : "what the copy kept in the ledger")};
}

Expansion VerifyContent::expand(StepContext& context) const {
  const catalog::Mapping& mapping = context.mapping();
  store::Session& target = context.session(mapping.to);
  CancelScope scope(context.cancel, target);
  Expansion expansion;
  for (const TableMapping& table : mapping.tables) {
    add_ranges(expansion.tasks, target, table, copy::Side::target, table.rows);
    if (rereads_source(context.node)) {
      add_ranges(expansion.tasks, context.reader(mapping.from), table, copy::Side::source, table.rows);
    }
    Task task;
    task.id = "compare:" + table.target_table;
    task.stage = kCompareStage;
    task.table = table.target_table;
    expansion.tasks.push_back(std::move(task));
  }
  return expansion;
}

TaskRecord VerifyContent::run(StepContext& context, const Task& task) const {
  const catalog::Mapping& mapping = context.mapping();
  const TableMapping& table = *mapping.find_target(task.table);
  if (task.stage == kReadStage) return read_range(context, task, table);
  store::Session& source = context.reader(mapping.from);
  store::Session& target = context.session(mapping.to);
  CancelScope source_scope(context.cancel, source);
  CancelScope target_scope(context.cancel, target);
  verify::TableDifference difference = compare(context, table, integer_field(context.node, "limit", 100));
  int64_t sampled = 0;
  if (difference.verdict == verify::Verdict::match) {
    const int64_t wanted = integer_field(context.node, "sample", 1000);
    sampled = verify::check_sample(source, target, table, wanted, difference, [&] { context.cancel.check(); },
                                   copied_by(context, table));
  }
  if (const int64_t rejects = copied_by(context, table).rejects; rejects > 0) {
    difference.notes.push_back(count_of(rejects, "row") + " of the source are rejects; those that the target refused count as missing "
                               "where rows are compared");
  }
  const int64_t others = arrived(copied(context, table, Origin::others));
  if (others > 0 && difference.verdict != verify::Verdict::match) {
    difference.notes.push_back(count_of(others, "row") + " of it came by other maps and count as extra where rows are compared");
  }
  TaskRecord record;
  record.table = task.table;
  record.rows = difference.target_rows;
  record.detail = to_detail(difference, sampled);
  return record;
}

Conclusion VerifyContent::conclude(StepContext& context) const {
  Conclusion conclusion = conclude_proof(context.records, context.mapping());
  int64_t rejects = 0;
  for (const TableMapping& table : context.mapping().tables) rejects += left_out(copied(context, table, Origin::own));
  if (rejects > 0) conclusion.summary += "; without " + count_of(rejects, "row") + " that the copy rejected";
  return conclusion;
}

}  // namespace sluice::steps
