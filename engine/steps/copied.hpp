#pragma once

#include <string>
#include <vector>

#include "steps/action.hpp"

/// What the ledger says of a table that this run's copies wrote, of each step's newest generation: rows of earlier ones were undone.
/// Several maps may fill one table, each from a source table of its own.
namespace sluice::steps {

enum class Origin {
  all = 1,
  own,     ///< of the source's rows that the asking step's map takes
  others,  ///< of other tables of a source, or other rows
};

/// The chunks that were committed.
std::vector<store::LedgerRow> copied_chunks(StepContext& context, const catalog::TableMapping& table, Origin origin);

/// Their counts, added up.
store::WorkResult copied(StepContext& context, const catalog::TableMapping& table, Origin origin);

/// F_out over all of them; nullopt where there are none, or where it can't speak for all their rows.
std::optional<sluice_fingerprint> copied_fingerprint(StepContext& context, const catalog::TableMapping& table, Origin origin);

/// Rows of the source that the copies left out as rejects.
inline int64_t left_out(const store::WorkResult& result) { return result.rejected + result.refused; }
/// Rows that are in the target by them.
inline int64_t arrived(const store::WorkResult& result) { return result.emitted - result.refused; }

}  // namespace sluice::steps
