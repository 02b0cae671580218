#pragma once

#include <cstdint>
#include <functional>

#include "base/error.hpp"

namespace sluice::copy {

/// Rows of a batch.
struct Span {
  int64_t first = 0;
  int64_t rows = 0;
  Span lower() const { return {first, rows / 2}; }
  Span upper() const { return {first + rows / 2, rows - rows / 2}; }
};

/// Calls `work` with all rows together, then with halves of what failed, down to single rows; `blame` takes each that fails alone.
/// Errors that are no fault of rows come out.
void halve(Span span, const std::function<void(Span)>& work, const std::function<void(int64_t row, const Error&)>& blame);

}  // namespace sluice::copy
