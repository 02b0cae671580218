#pragma once

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "session.hpp"

namespace sluice::mysql {

struct LoadTotals {
  int64_t rows = 0;
  int64_t bytes = 0;
  int64_t already_there = 0;  ///< rows that "insert missing" left as they were
};

/// Appends all batches to a table inside the session's open guard, many rows to a statement. Only encodes. Throws
/// Error(invalid_argument) without a guard, Error(unsupported) for a table whose engine has no transactions, Error(data) where
/// the server warns of anything or its count is another than ours; what the batches throw passes through.
LoadTotals load_table(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches);

}  // namespace sluice::mysql
