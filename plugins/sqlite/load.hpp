#pragma once

#include <cstdint>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"

namespace sluice::sqlite {

class Session;

struct Loaded {
  int64_t rows = 0;
  int64_t bytes = 0;
  int64_t already_there = 0;  ///< rows that "insert missing" left as they were
};

/// Inside a guard: inserts every row of `batches`. Dates, times, uuids and decimals go in as their exact texts (a
/// column of NUMERIC affinity makes numbers of decimals), booleans as 0 and 1. Throws Error(data) for what SQLite would
/// change silently: NaN (it becomes NULL) and unsigned integers beyond 2^63 in a column that isn't text.
Loaded load_rows(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches);

}  // namespace sluice::sqlite
