#pragma once

#include <string>

#include "steps/action.hpp"

namespace sluice::steps {

/// What the ledger says of a table: the counts of all chunks that this run's copies committed, added up.
store::WorkResult copied(StepContext& context, const std::string& table);

/// Rows of the source that the copies left out as rejects.
inline int64_t left_out(const store::WorkResult& result) { return result.rejected + result.refused; }

}  // namespace sluice::steps
