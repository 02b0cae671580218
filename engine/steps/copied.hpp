#pragma once

#include <string>
#include <vector>

#include "steps/action.hpp"

namespace sluice::steps {

/// The chunks of a table that this run's copies committed, of each step's newest generation: rows of earlier ones were undone.
std::vector<store::LedgerRow> copied_chunks(StepContext& context, const std::string& table);

/// What the ledger says of a table: the counts of all chunks that this run's copies committed, added up.
store::WorkResult copied(StepContext& context, const std::string& table);

/// Rows of the source that the copies left out as rejects.
inline int64_t left_out(const store::WorkResult& result) { return result.rejected + result.refused; }

}  // namespace sluice::steps
