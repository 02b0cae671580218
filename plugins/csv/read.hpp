#pragma once

#include <memory>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"

namespace sluice::csv {

class Session;

/// Streams the rows of a table between two bytes at which rows begin, or of a range of one integer column, for which
/// all rows are looked at. Cells come as text, or as int64, float64 or binary ("\x0aff") where these are wanted. Throws
/// Error(unsupported) for another wanted type and for `where`.
std::unique_ptr<arrow::BatchReader> read_rows(Session& session, const sdk::ReadSpec& spec);

}  // namespace sluice::csv
