#include "verify/diff.hpp"

#include <algorithm>
#include <utility>

#include "arrow/fingerprint.hpp"
#include "base/error.hpp"
#include "copy/convert.hpp"
#include "verify/describe.hpp"
#include "verify/drill.hpp"
#include "verify/sides.hpp"

namespace sluice::verify {

namespace {

using arrow::Kind;

constexpr int64_t kChunkRows = 100'000;

bool is_integer(Kind kind) { return kind >= Kind::int8 && kind <= Kind::uint64; }

std::vector<std::string> policy_notes(const catalog::TableMapping& table) {
  std::vector<std::string> notes;
  for (const catalog::ColumnMapping& column : table.columns) {
    if (!column.policy.empty()) notes.push_back(column.target + ": equal under: " + column.policy);
    if (column.transform) notes.push_back(column.target + ": equal under transform " + column.transform.id + " (" + column.transform.where + ")");
  }
  return notes;
}

TableDifference make_difference(const catalog::TableMapping& table, const sluice_fingerprint& source,
                                const sluice_fingerprint& target) {
  TableDifference difference;
  difference.table = table.target_table;
  difference.source_rows = static_cast<int64_t>(source.count);
  difference.target_rows = static_cast<int64_t>(target.count);
  difference.verdict = Verdict::match;
  return difference;
}

void add_findings(TableDifference& difference, const Comparison& comparison, const Findings& findings) {
  difference.missing = findings.missing;
  difference.extra = findings.extra;
  difference.changed = findings.changed;
  difference.duplicated = findings.duplicated;
  if (!findings.empty()) {
    difference.verdict = Verdict::mismatch;
    difference.rows = describe_findings(comparison, findings.kept);
    return;
  }
  difference.verdict = Verdict::incomplete;
  difference.notes.push_back(
      "the fingerprints differed, but no row did when they were looked at again: something changed "
      "during the comparison");
}

TableDifference compare_whole(const Comparison& comparison) {
  sluice_fingerprint source{};
  sluice_fingerprint target{};
  const Findings findings = compare_by_buckets(comparison, source, target);
  TableDifference difference = make_difference(comparison.source.table, source, target);
  if (!arrow::equal(source, target)) add_findings(difference, comparison, findings);
  return difference;
}

store::Cuts cut_source(const TableSide& side) {
  store::ReadSpec spec;
  spec.schema = side.table.source_schema;
  spec.table = side.table.source_table;
  spec.columns = copy::column_names(side.table, copy::Side::source);
  spec.where = side.table.where;
  return side.session.plan_chunks(spec, std::max<int64_t>(1, side.table.rows / kChunkRows));
}

bool understood_by_both(const store::Cuts& cuts, const catalog::TableMapping& table) {
  const catalog::ColumnMapping* key = table.find_target(table.key[0]);
  return cuts.type == "integer" && cuts.key.size() == 1 && cuts.key[0] == key->source;
}

int rank(Verdict verdict) { return verdict == Verdict::incomplete ? 2 : verdict == Verdict::mismatch ? 1 : 0; }

void refuse_nothing_to_compare(const catalog::TableMapping& table) {
  if (!table.columns.empty()) return;
  throw Error(Code::invalid_argument, table.target_table + ": the two tables have no column in common");
}

}  // namespace

const char* to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::match: return "MATCH";
    case Verdict::mismatch: return "MISMATCH";
    case Verdict::incomplete: break;
  }
  return "INCOMPLETE";
}

const char* to_text(DifferenceKind kind) {
  switch (kind) {
    case DifferenceKind::missing: return "missing";
    case DifferenceKind::extra: return "extra";
    case DifferenceKind::changed: return "changed";
    case DifferenceKind::duplicated: break;
  }
  return "duplicated";
}

sluice_fingerprint fingerprint_of(store::Session& session, const catalog::TableMapping& table, bool source_side,
                                  const store::Range& range, const CheckCancelled& check, const CopiedBy& copied) {
  sluice_fingerprint sum{};
  arrow::RowHasher hasher(copy::compare_fields(table));
  const TableSide side{session, table, source_side ? copy::Side::source : copy::Side::target, copied};
  scan_side(side, range, check, [&](const ArrowArray& batch) { hasher.add_to(batch, sum); });
  return sum;
}

bool has_common_ranges(const catalog::TableMapping& table) {
  if (table.key.size() != 1 || !table.keeps_key()) return false;
  const catalog::ColumnMapping* key = table.find_target(table.key[0]);
  return key != nullptr && key->chain.empty() && !key->nullable && is_integer(key->compare.kind) && is_integer(key->source_carrier.kind) &&
         is_integer(key->target_carrier.kind);
}

TableDifference compare_range(store::Session& source, store::Session& target, const catalog::TableMapping& table,
                              const store::Range& range, int64_t limit, const CheckCancelled& check, const CopiedBy& copied) {
  refuse_nothing_to_compare(table);
  const TableSide of_source{source, table, copy::Side::source, copied};
  const TableSide of_target{target, table, copy::Side::target};
  const Comparison comparison{of_source, of_target, range, range_for_target(range, table), limit, check};
  if (range.is_whole()) return compare_whole(comparison);

  sluice_fingerprint a{};
  sluice_fingerprint b{};
  run_both(
      check,
      [&](const CheckCancelled& each) { a = fingerprint_of(source, table, true, comparison.source_range, each, copied); },
      [&](const CheckCancelled& each) { b = fingerprint_of(target, table, false, comparison.target_range, each); });
  TableDifference difference = make_difference(table, a, b);
  if (arrow::equal(a, b)) return difference;
  add_findings(difference, comparison, drill_down(comparison, difference.source_rows + difference.target_rows));
  return difference;
}

TableDifference compare_table(store::Session& source, store::Session& target, const catalog::TableMapping& table,
                              int64_t limit, const CheckCancelled& check, const CopiedBy& copied) {
  refuse_nothing_to_compare(table);
  store::Cuts cuts;
  if (has_common_ranges(table)) {
    cuts = cut_source({source, table, copy::Side::source});
    if (!understood_by_both(cuts, table)) cuts = {};
  }
  TableDifference whole;
  whole.table = table.target_table;
  whole.verdict = Verdict::match;
  for (size_t chunk = 0; chunk <= cuts.cuts.size(); ++chunk) {
    const store::Range range = cuts.cuts.empty() ? store::Range{} : store::chunk_range(cuts, chunk);
    const int64_t room = limit - static_cast<int64_t>(whole.rows.size());
    merge(whole, compare_range(source, target, table, range, room, check, copied), limit);
  }
  const std::vector<std::string> notes = policy_notes(table);
  whole.notes.insert(whole.notes.begin(), notes.begin(), notes.end());
  return whole;
}

void merge(TableDifference& into, TableDifference part, int64_t limit) {
  into.source_rows += part.source_rows;
  into.target_rows += part.target_rows;
  into.missing += part.missing;
  into.extra += part.extra;
  into.changed += part.changed;
  into.duplicated += part.duplicated;
  for (RowDifference& row : part.rows) {
    if (static_cast<int64_t>(into.rows.size()) < limit) into.rows.push_back(std::move(row));
  }
  into.notes.insert(into.notes.end(), part.notes.begin(), part.notes.end());
  if (rank(part.verdict) > rank(into.verdict)) into.verdict = part.verdict;
}

}  // namespace sluice::verify
