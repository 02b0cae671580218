#pragma once

#include <cstdint>
#include <vector>

#include "arrow/owner.hpp"

/// Putting batches together of columns that are there already.
namespace sluice::copy {

/// A batch of whole columns, `rows` long each.
arrow::Array make_batch(std::vector<arrow::Array> columns, int64_t rows);

/// The column itself, cut to the rows of its batch, which has it no more.
arrow::Array take_child(ArrowArray& batch, size_t index);

}  // namespace sluice::copy
