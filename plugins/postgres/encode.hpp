#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "arrow/type.hpp"
#include "arrow/view.hpp"
#include "shape.hpp"

/// From Arrow columns to the rows of a binary COPY.
namespace sluice::postgres {

/// How a column's values become the server's binary form.
enum class Encoding {
  boolean,
  int2,
  int4,
  int8,
  float4,
  float8,
  date,
  time,
  timestamp,
  uuid,
  integer_numeric,
  decimal_numeric,
  text,
  limited_text,  // varchar(n), char(n)
  jsonb,
  binary,
  text_numeric,  // number texts into numeric
};

/// One column of a load.
struct LoadColumn {
  std::string name;
  arrow::Field source;
  NativeType target;
  Encoding encoding = Encoding::text;
  int64_t low = INT64_MIN, high = INT64_MAX;  ///< range of an integer target
  int64_t time_unit = 1;                      ///< microseconds that the target keeps, and their multiples
  int length = 0;                             ///< of varchar(n)
  int scale = -1;                             ///< digits behind the point that numeric(p,s) keeps; -1: any
  bool keeps_infinite = false;                ///< dates and timestamps, see arrow/infinite.hpp
};

/// How `source` enters the column `target`. Throws Error(unsupported) naming column and types where it cannot.
LoadColumn plan_load_column(const TableShape& shape, const NativeColumn& target, const arrow::Field& source);

/// Encodes rows of batches into a buffer, ready for PQputCopyData. One thread.
class RowEncoder {
 public:
  RowEncoder(std::vector<LoadColumn> columns, std::string label);

  void append_header();
  /// Appends row `i` of the batch. Throws Error(data) naming table, row, column and value where a value cannot be kept.
  void append_row(const std::vector<arrow::ColumnView>& views, int64_t i, int64_t row_number);
  void append_trailer();

  const char* data() const { return buffer_.get(); }
  size_t size() const { return static_cast<size_t>(at_ - buffer_.get()); }
  void clear() { at_ = buffer_.get(); }

 private:
  // Each put_ writes one value at `at` (room for a row is there) and answers its end; nullptr and why_ where it cannot
  // be kept.
  char* put_value(const LoadColumn& column, const arrow::ColumnView& view, int64_t i, char* at);
  char* put_integer(const LoadColumn& column, const arrow::ColumnView& view, int64_t i, char* at);
  char* put_time(const LoadColumn& column, int64_t value, char* at);
  char* put_float(const LoadColumn& column, const arrow::ColumnView& view, int64_t i, char* at);
  char* put_decimal(const LoadColumn& column, arrow::Int128 unscaled, char* at);
  char* put_text(const LoadColumn& column, std::string_view text, char* at);
  char* put_number(const LoadColumn& column, std::string_view text, char* at);
  char* put_bytes(std::string_view bytes, char* at);
  char* refuse(const char* why) {
    why_ = why;
    return nullptr;
  }
  /// `at`, perhaps moved, with room for `bytes` and a row behind it.
  char* make_room(size_t bytes, char* at) {
    return static_cast<size_t>(end_ - at) < bytes + row_bytes_ ? grow(bytes + row_bytes_, at) : at;
  }
  char* grow(size_t bytes, char* at);
  [[noreturn]] void fail(const std::vector<arrow::ColumnView>& views, size_t column, int64_t i,
                         int64_t row_number) const;

  std::vector<LoadColumn> columns_;
  std::string label_;
  size_t row_bytes_;  // room for a row without the bytes of its texts
  std::unique_ptr<char[]> buffer_;
  char* at_ = nullptr;
  char* end_ = nullptr;
  const char* why_ = "";
  std::string scratch_;
};

}  // namespace sluice::postgres
