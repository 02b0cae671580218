#pragma once

#include <cstdint>
#include <vector>

#include "verify/sides.hpp"

/// From "these rows differ" to which: keys and row hashes of both sides, sorted and merged. Part of diff.hpp's work.
namespace sluice::verify {

/// A row that differs, by hashes: its texts are read afterwards, for the few that are shown.
struct Finding {
  DifferenceKind kind = DifferenceKind::missing;
  arrow::RowHash key;
  arrow::RowHash source_row;  ///< of missing and changed
  arrow::RowHash target_row;  ///< of extra, duplicated and changed
  int64_t times = 1;
};

/// Counts of a comparison, and the first findings.
struct Findings {
  int64_t missing = 0, extra = 0, changed = 0, duplicated = 0;
  std::vector<Finding> kept;

  bool empty() const { return missing == 0 && extra == 0 && changed == 0; }
  void add(const Finding& finding, int64_t limit);
};

/// Compares two lists of rows and takes them (they are sorted in place). Several rows under one key are matched as
/// sets.
void compare_rows(std::vector<KeyedRow>& source, std::vector<KeyedRow>& target, int64_t limit, Findings& findings);

/// Two sides of a range that are known or suspected to differ.
struct Comparison {
  const TableSide& source;
  const TableSide& target;
  store::Range source_range;
  store::Range target_range;
  int64_t limit = 0;
  const CheckCancelled& check;
};

/// The rows of a range that differ, where it is known to hold `rows` rows on both sides together. Few rows are fetched
/// at once; many go through buckets by key hash first.
Findings drill_down(const Comparison& comparison, int64_t rows);

/// The same without knowing anything before: fingerprints per bucket in one scan, then the rows of the buckets that
/// differ, in as many scans as memory asks for. Adds up the whole fingerprints.
Findings compare_by_buckets(const Comparison& comparison, sluice_fingerprint& source, sluice_fingerprint& target);

}  // namespace sluice::verify
