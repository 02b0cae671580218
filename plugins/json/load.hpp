#pragma once

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "files/loading.hpp"

namespace sluice::json {

class Session;

/// Inside a guard: writes the rows into a part of the table. Throws Error(not_found) for a table that this run did not
/// make, Error(data) naming row and column for what JSON can't hold.
files::Loaded load_rows(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches);

}  // namespace sluice::json
