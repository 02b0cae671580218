#pragma once

#include <memory>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "session.hpp"

namespace sluice::postgres {

/// Reads a range of a table with one binary COPY, straight into column builders. The session is busy until the reader
/// is gone; one that is given up early ends the COPY, and a snapshot survives that. Throws Error(not_found) for a
/// missing table or column, Error(unsupported) where a column cannot be delivered in the wanted type. The reader's
/// next() throws Error(data) naming table, key, column and value where a value doesn't fit.
std::unique_ptr<arrow::BatchReader> read_table(Session& session, const sdk::ReadSpec& spec);

}  // namespace sluice::postgres
