#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "verify/sides.hpp"

/// Which rows a sample looks at. Part of sample.hpp's work.
namespace sluice::verify {

/// A text per key column, in the order of TableMapping::key.
using KeyTexts = std::vector<std::string>;

/// Random keys of the source, a batch at a time. Where a single integer key lies densely, by drawing integers that may
/// hit no row (so every row is as likely as another); otherwise by one pass over the key columns.
class SampleKeys {
 public:
  static constexpr int64_t kBatch = 64;  ///< at most this many conditions in one query

  /// `rows`: how many rows the source has. The session is used while constructing only.
  SampleKeys(const TableSide& source, int64_t rows, int64_t wanted, const CheckCancelled& check);

  /// Up to `most` keys, and to kBatch; empty when there are no more.
  std::vector<KeyTexts> next(int64_t most);
  /// Keys may name no row at all, which is no fault then.
  bool may_miss() const { return span_.has_value(); }

 private:
  struct Span {
    int64_t least = 0;
    int64_t greatest = 0;
  };
  std::optional<Span> find_dense_span(const TableSide& source, int64_t rows, int64_t wanted);
  void draw_from_rows(const TableSide& source, int64_t wanted, const CheckCancelled& check);

  std::mt19937_64 random_;
  std::optional<Span> span_;
  int64_t draws_left_ = 0;
  std::vector<KeyTexts> keys_;
};

}  // namespace sluice::verify
