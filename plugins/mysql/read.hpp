#pragma once

#include <memory>
#include <string>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "session.hpp"

namespace sluice::mysql {

/// Streams a range of a table, unbuffered: memory is that of one batch and one row. The session is busy until the reader is
/// destroyed. Throws Error(data) naming table, key, column and value where a value does not fit.
std::unique_ptr<arrow::BatchReader> read_table(Session& session, const sdk::ReadSpec& spec);

/// Streams the rows of a query: integers as int64 (unsigned ones as uint64), doubles as float64, bytes as
/// binary, all else as text.
std::unique_ptr<arrow::BatchReader> query_rows(Session& session, const std::string& sql, const Values& params);

}  // namespace sluice::mysql
