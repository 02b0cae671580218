#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "arrow/owner.hpp"
#include "arrow/type.hpp"

namespace sluice::arrow {

/// A 128-bit two's complement integer: the unscaled value of a decimal.
using Int128 = __int128;

/// Builds one column. Memory grows geometrically and is handed over to the array, without a copy, by BatchBuilder::finish.
/// Which append fits which type: append_int64 for boolean, all integers, date (days), time, timestamp and timestamptz
/// (microseconds); append_double for float32 and float64; append_decimal for decimal; append_bytes for text, number, json,
/// binary and uuid (16 bytes). Ranges are the caller's duty; types are checked by assert only, as this is the hot path.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(Field field);
  ~ColumnBuilder();
  ColumnBuilder(ColumnBuilder&&) noexcept;
  ColumnBuilder& operator=(ColumnBuilder&&) noexcept;

  void append_null();
  void append_int64(int64_t value);
  void append_double(double value);
  void append_decimal(Int128 unscaled);
  void append_bytes(std::string_view bytes);

  const Field& field() const { return field_; }
  int64_t length() const { return length_; }
  /// Bytes held, for cutting batches by size.
  int64_t bytes() const;

  /// Moves what was built into `out` (release set) and starts anew.
  void finish(ArrowArray* out);

 private:
  struct Buffers;
  void append_valid();

  Field field_;
  int64_t length_ = 0;
  int64_t null_count_ = 0;
  std::unique_ptr<Buffers> buffers_;
};

/// Builds record batches (struct arrays) for a list of fields.
class BatchBuilder {
 public:
  explicit BatchBuilder(std::vector<Field> fields);

  ColumnBuilder& column(size_t index) { return columns_[index]; }
  size_t width() const { return columns_.size(); }
  /// Rows are complete when every column has the same length; the first column counts.
  int64_t rows() const { return columns_.empty() ? 0 : columns_.front().length(); }
  int64_t bytes() const;
  const std::vector<Field>& fields() const { return fields_; }

  /// The batch so far; the builder starts anew. Asserts that all columns are equally long.
  Array finish();

 private:
  std::vector<Field> fields_;
  std::vector<ColumnBuilder> columns_;
};

}  // namespace sluice::arrow
