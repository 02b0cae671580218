#pragma once

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "session.hpp"

namespace sluice::postgres {

struct LoadTotals {
  int64_t rows = 0;
  int64_t bytes = 0;
  int64_t already_there = 0;  ///< rows that "insert missing" left as they were
};

/// Appends all batches to a table with one binary COPY, inside the session's open guard. Only encodes: the column types
/// decide how. Throws Error(invalid_argument) without a guard, Error(unsupported) for a table that a crash would empty
/// and for types that don't go together, Error(data) where a value cannot be kept or the server's count is another than
/// ours; what the batches throw passes through. The guard can only be aborted then.
LoadTotals load_table(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches);

}  // namespace sluice::postgres
