#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catalog/mapping.hpp"
#include "store/session.hpp"
#include "workflow/table_transform.hpp"

namespace sluice::verify {

enum class Verdict { match = 1, mismatch, incomplete };
/// "MATCH", "MISMATCH", "INCOMPLETE".
const char* to_text(Verdict verdict);

enum class DifferenceKind { missing = 1, extra, changed, duplicated };
const char* to_text(DifferenceKind kind);

/// One cell that differs; texts as arrow::value_to_text, "NULL" unquoted for NULL.
struct CellDifference {
  std::string column;
  std::string source;
  std::string target;
};

/// One row that differs. key: "id=7", or the whole row where the table has no key.
struct RowDifference {
  DifferenceKind kind = DifferenceKind::missing;
  std::string key;
  std::vector<CellDifference> cells;  ///< of changed rows
  int64_t times = 1;                  ///< of duplicated and keyless rows
};

/// What comparing one table (or a chunk of it) showed. rows a: source.
struct TableDifference {
  std::string table;
  int64_t source_rows = 0, target_rows = 0;
  /// Rows that only the source has; that only the target has; that differ under one key. `duplicated`: how many of the
  /// extra ones are further copies of a key (without one: of a row) that the source has, too.
  int64_t missing = 0, extra = 0, changed = 0, duplicated = 0;
  std::vector<RowDifference> rows;  ///< the first of them, up to the limit; all are counted
  std::vector<std::string> notes;   ///< policies used, what could not be told
  Verdict verdict = Verdict::incomplete;
};

/// Throws Error(cancelled) when the run wants to stop; called once per batch. Both sides are read at once: it may be
/// called from two threads.
using CheckCancelled = std::function<void()>;

/// How the source's rows became the target's, beside the mapping.
struct CopiedBy {
  workflow::TableTransform* transform = nullptr;  ///< needed where the table has transforms
  /// Rows that were left out as rejects. Where there are any, source rows that can't be read, converted or transformed are passed
  /// over; those that the target refused are found missing.
  int64_t rejects = 0;
  int64_t refused = 0;  ///< those of them that the target refused
};

/// Fingerprint of one side of a table (or range, in that side's own column names), in comparison types.
sluice_fingerprint fingerprint_of(store::Session& session, const catalog::TableMapping& table, bool source_side,
                                  const store::Range& range, const CheckCancelled& check,
                                  const CopiedBy& copied = {});

/// Whether ranges of the source's key mean the same rows on both sides: a single integer key that is never NULL.
bool has_common_ranges(const catalog::TableMapping& table);

/// Compares the rows of one range (whole, or of the source's integer key where has_common_ranges): fingerprints first,
/// then rows and cells where they differ. `limit`: how many rows to keep. Memory is bounded whatever the number of rows
/// or differences.
TableDifference compare_range(store::Session& source, store::Session& target, const catalog::TableMapping& table,
                              const store::Range& range, int64_t limit, const CheckCancelled& check,
                              const CopiedBy& copied = {});

/// Compares one table fully (VERIFICATION, "From differs to the cell"): chunk by chunk where there are common ranges,
/// by buckets of the key's hash otherwise. The sessions belong to this call until it returns. Errors propagate; the
/// caller's verdict then is INCOMPLETE.
TableDifference compare_table(store::Session& source, store::Session& target, const catalog::TableMapping& table,
                              int64_t limit, const CheckCancelled& check, const CopiedBy& copied = {});

/// Adds a part of the same table: counts add up, rows up to the limit, the worse verdict wins.
void merge(TableDifference& into, TableDifference part, int64_t limit);

}  // namespace sluice::verify
