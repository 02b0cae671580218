#include "verify/drill.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <span>

namespace sluice::verify {

namespace {

using arrow::RowHash;

constexpr size_t kBuckets = 4096;
/// Rows of both sides held at once: 30 MB.
constexpr int64_t kRowsAtOnce = 750'000;

size_t bucket_of(const RowHash& key) {
  // Integer keys are no hashes: mix them first.
  const uint64_t mixed = (key.low ^ key.high) * 0x9E3779B97F4A7C15u;
  return mixed >> 52;
}

using Buckets = std::array<sluice_fingerprint, kBuckets>;

/// Buckets whose rows are fetched together, and how many rows those are.
struct Chosen {
  std::array<bool, kBuckets> buckets{};
  int64_t source_rows = 0;
  int64_t target_rows = 0;
};

void scan_buckets(const TableSide& side, const store::Range& range, const CheckCancelled& check, Buckets& buckets) {
  RowKeys keys(side.table);
  scan_side(side, range, check, [&](const ArrowArray& batch) {
    for (const KeyedRow& each : keys.compute(batch)) arrow::add_row(buckets[bucket_of(each.key)], each.row);
  });
}

bool comes_before(const KeyedRow& a, const KeyedRow& b) { return a.key != b.key ? a.key < b.key : a.row < b.row; }

/// Sorts, and counts equal rows instead of holding them.
void compact(std::vector<KeyedRow>& rows) {
  std::ranges::sort(rows, comes_before);
  size_t kept = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (kept > 0 && rows[kept - 1].key == rows[i].key && rows[kept - 1].row == rows[i].row) {
      rows[kept - 1].times += rows[i].times;
    } else {
      rows[kept++] = rows[i];
    }
  }
  rows.resize(kept);
}

/// Rows of the chosen buckets; all of them where `chosen` is null.
std::vector<KeyedRow> collect(const TableSide& side, const store::Range& range, const CheckCancelled& check,
                              const Chosen* chosen) {
  RowKeys keys(side.table);
  std::vector<KeyedRow> rows;
  if (chosen != nullptr) {
    const int64_t expected = side.side == copy::Side::source ? chosen->source_rows : chosen->target_rows;
    rows.reserve(static_cast<size_t>(std::min(expected, kRowsAtOnce)));
  }
  size_t compact_at = static_cast<size_t>(kRowsAtOnce);
  scan_side(side, range, check, [&](const ArrowArray& batch) {
    for (const KeyedRow& each : keys.compute(batch)) {
      if (chosen == nullptr || chosen->buckets[bucket_of(each.key)]) rows.push_back(each);
    }
    // A bucket may hold one row a million times.
    if (rows.size() < compact_at) return;
    compact(rows);
    compact_at = std::max(static_cast<size_t>(kRowsAtOnce), rows.size() * 2);
  });
  return rows;
}

void compare_chosen(const Comparison& comparison, const Chosen* chosen, Findings& findings) {
  std::vector<KeyedRow> source;
  std::vector<KeyedRow> target;
  run_both(
      comparison.check,
      [&](const CheckCancelled& check) { source = collect(comparison.source, comparison.source_range, check, chosen); },
      [&](const CheckCancelled& check) {
        target = collect(comparison.target, comparison.target_range, check, chosen);
      });
  compare_rows(source, target, comparison.limit, findings);
}

/// The rows of one key.
using Group = std::span<const KeyedRow>;

Group take_group(std::span<const KeyedRow>& rows, const RowHash& key) {
  size_t size = 0;
  while (size < rows.size() && rows[size].key == key) ++size;
  const Group group = rows.first(size);
  rows = rows.subspan(size);
  return group;
}

/// What `group` has more than `other`; both are sorted by row and without doubles.
std::vector<KeyedRow> surplus(Group group, Group other) {
  std::vector<KeyedRow> more;
  for (KeyedRow row : group) {
    const auto match = std::ranges::lower_bound(other, row.row, {}, &KeyedRow::row);
    if (match != other.end() && match->row == row.row) row.times -= match->times;
    if (row.times > 0) more.push_back(row);
  }
  return more;
}

void add_unpaired(std::vector<KeyedRow>& rows, size_t from, DifferenceKind kind, int64_t limit, Findings& findings) {
  for (size_t i = from; i < rows.size(); ++i) {
    Finding finding{.kind = kind, .key = rows[i].key, .source_row = {}, .target_row = {}, .times = rows[i].times};
    (kind == DifferenceKind::missing ? finding.source_row : finding.target_row) = rows[i].row;
    findings.add(finding, limit);
  }
}

void compare_group(Group source, Group target, int64_t limit, Findings& findings) {
  std::vector<KeyedRow> only_source = surplus(source, target);
  std::vector<KeyedRow> only_target = surplus(target, source);
  size_t s = 0;
  size_t t = 0;
  while (s < only_source.size() && t < only_target.size()) {
    const int64_t times = std::min(only_source[s].times, only_target[t].times);
    findings.add({.kind = DifferenceKind::changed,
                  .key = only_source[s].key,
                  .source_row = only_source[s].row,
                  .target_row = only_target[t].row,
                  .times = times},
                 limit);
    if ((only_source[s].times -= times) == 0) ++s;
    if ((only_target[t].times -= times) == 0) ++t;
  }
  add_unpaired(only_source, s, DifferenceKind::missing, limit, findings);
  add_unpaired(only_target, t, source.empty() ? DifferenceKind::extra : DifferenceKind::duplicated, limit, findings);
}

/// Buckets that differ, in groups that fit into memory together.
std::vector<std::unique_ptr<Chosen>> group_buckets(const Buckets& source, const Buckets& target) {
  std::vector<std::unique_ptr<Chosen>> groups;
  for (size_t i = 0; i < kBuckets; ++i) {
    if (arrow::equal(source[i], target[i])) continue;
    const auto held = static_cast<int64_t>(source[i].count + target[i].count);
    const bool is_full = groups.empty() || groups.back()->source_rows + groups.back()->target_rows + held > kRowsAtOnce;
    if (is_full) groups.push_back(std::make_unique<Chosen>());
    groups.back()->buckets[i] = true;
    groups.back()->source_rows += static_cast<int64_t>(source[i].count);
    groups.back()->target_rows += static_cast<int64_t>(target[i].count);
  }
  return groups;
}

}  // namespace

void Findings::add(const Finding& finding, int64_t limit) {
  switch (finding.kind) {
    case DifferenceKind::missing: missing += finding.times; break;
    case DifferenceKind::changed: changed += finding.times; break;
    case DifferenceKind::duplicated: duplicated += finding.times; [[fallthrough]];
    case DifferenceKind::extra: extra += finding.times; break;
  }
  if (static_cast<int64_t>(kept.size()) < limit) kept.push_back(finding);
}

void compare_rows(std::vector<KeyedRow>& source, std::vector<KeyedRow>& target, int64_t limit, Findings& findings) {
  compact(source);
  compact(target);
  std::span<const KeyedRow> left = source;
  std::span<const KeyedRow> right = target;
  while (!left.empty() || !right.empty()) {
    const bool left_first = right.empty() || (!left.empty() && left[0].key < right[0].key);
    const RowHash key = left_first ? left[0].key : right[0].key;
    const Group of_source = take_group(left, key);
    const Group of_target = take_group(right, key);
    compare_group(of_source, of_target, limit, findings);
  }
}

Findings compare_by_buckets(const Comparison& comparison, sluice_fingerprint& source, sluice_fingerprint& target) {
  const auto of_source = std::make_unique<Buckets>();
  const auto of_target = std::make_unique<Buckets>();
  run_both(
      comparison.check,
      [&](const CheckCancelled& check) { scan_buckets(comparison.source, comparison.source_range, check, *of_source); },
      [&](const CheckCancelled& check) {
        scan_buckets(comparison.target, comparison.target_range, check, *of_target);
      });
  for (size_t i = 0; i < kBuckets; ++i) {
    arrow::merge(source, (*of_source)[i]);
    arrow::merge(target, (*of_target)[i]);
  }
  Findings findings;
  for (const auto& chosen : group_buckets(*of_source, *of_target)) compare_chosen(comparison, chosen.get(), findings);
  return findings;
}

Findings drill_down(const Comparison& comparison, int64_t rows) {
  Findings findings;
  if (rows <= kRowsAtOnce) {
    compare_chosen(comparison, nullptr, findings);
    return findings;
  }
  sluice_fingerprint source{};
  sluice_fingerprint target{};
  return compare_by_buckets(comparison, source, target);
}

}  // namespace sluice::verify
