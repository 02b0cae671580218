#pragma once

#include <cstdint>
#include <memory>

#include "arrow/owner.hpp"

namespace sluice::arrow {

/// Rows `first` to `first + rows - 1` of a record batch as a batch of their own, without copying values. Each of its columns can
/// be moved out by itself. Shares the memory: the batch lives as long as any of its slices. For batches of flat columns.
Array slice(const std::shared_ptr<const Array>& batch, int64_t first, int64_t rows);

}  // namespace sluice::arrow
