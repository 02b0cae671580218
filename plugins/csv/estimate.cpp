#include "estimate.hpp"

namespace sluice::csv {

int64_t estimate_rows(const Shape& shape, const std::atomic<bool>& cancelled) {
  constexpr int64_t kSample = 1 << 20;
  RowScanner rows(shape.scan(), &cancelled);
  rows.expect(shape.columns);
  rows.be_lenient();
  int64_t seen = 0;
  while (rows.next()) {
    ++seen;
    const int64_t bytes = rows.row_end() - shape.data_begin;
    if (bytes < kSample) continue;
    return static_cast<int64_t>(static_cast<double>(seen) *
                                static_cast<double>(shape.source.bytes() - shape.data_begin) /
                                static_cast<double>(bytes));
  }
  return seen;
}

int64_t count_rows(const Shape& shape, const std::atomic<bool>& cancelled) {
  if (shape.source.rows >= 0) return shape.source.rows;
  RowScanner rows(shape.scan(), &cancelled);
  rows.expect(shape.columns);
  rows.be_lenient();
  int64_t seen = 0;
  while (rows.next()) ++seen;
  return seen;
}

}  // namespace sluice::csv
