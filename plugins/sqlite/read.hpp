#pragma once

#include <memory>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"

namespace sluice::sqlite {

class Session;

/// Rows of one table or view, as the spec says; what fits which wanted type is told at ValueWriter. Bounds are typed:
/// LOCAL is the rowid; bytes compare with a column of texts as text. The session must outlive the reader.
std::unique_ptr<arrow::BatchReader> read_rows(Session& session, const sdk::ReadSpec& spec);

}  // namespace sluice::sqlite
