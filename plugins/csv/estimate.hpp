#pragma once

#include <atomic>
#include <cstdint>

#include "sources.hpp"

namespace sluice::csv {

/// From the first mebibyte; exact for tables that are no longer.
int64_t estimate_rows(const Shape& shape, const std::atomic<bool>& cancelled);

/// All rows, in one pass.
int64_t count_rows(const Shape& shape, const std::atomic<bool>& cancelled);

}  // namespace sluice::csv
