#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catalog/mapping.hpp"
#include "store/session.hpp"

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
  int64_t missing = 0, extra = 0, changed = 0, duplicated = 0;
  std::vector<RowDifference> rows;  ///< the first of them, up to the limit; all are counted
  std::vector<std::string> notes;   ///< policies used, what could not be told
  Verdict verdict = Verdict::incomplete;
};

/// Opens a source or target session; the drill-down uses at most two of each side.
using SessionOf = std::function<store::Session&()>;
/// Throws Error(cancelled) when the run wants to stop; called once per batch.
using CheckCancelled = std::function<void()>;

/// Fingerprint of one side of a table (or range), in comparison types.
sluice_fingerprint fingerprint_of(store::Session& session, const catalog::TableMapping& table, bool source_side,
                                  const store::Range& range, const CheckCancelled& check);

/// Compares one table fully: fingerprints chunk by chunk where the key is typed and understood by both, drill-down to rows and
/// cells where they differ (VERIFICATION, "From differs to the cell"). Memory bounded whatever the number of differences.
/// `limit`: how many rows to keep. Errors propagate; the caller's verdict then is INCOMPLETE.
TableDifference compare_table(store::Session& source, store::Session& target, const catalog::TableMapping& table,
                              int64_t limit, const CheckCancelled& check);

}  // namespace sluice::verify
