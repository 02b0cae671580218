#pragma once

#include <memory>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"

namespace sluice::json {

class Session;

/// Rows of one table, as the spec says; what fits which wanted type is told at ValueWriter. Bounds are positions of
/// records (Mark). The session must outlive the reader.
std::unique_ptr<arrow::BatchReader> read_rows(Session& session, const sdk::ReadSpec& spec);

}  // namespace sluice::json
