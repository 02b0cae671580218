#pragma once

#include <cstdint>
#include <vector>

#include "arrow/owner.hpp"
#include "arrow/type.hpp"

/// Putting batches together of columns that are there already, and measuring them.
namespace sluice::copy {

/// A batch of whole columns, `rows` long each.
arrow::Array make_batch(std::vector<arrow::Array> columns, int64_t rows);

/// The column itself, cut to the rows of its batch, which has it no more.
arrow::Array take_child(ArrowArray& batch, size_t index);

/// What the values of a batch take, without bitmaps and offsets.
int64_t value_bytes(const std::vector<arrow::Field>& fields, const ArrowArray& batch);

}  // namespace sluice::copy
