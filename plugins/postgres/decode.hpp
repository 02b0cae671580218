#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "arrow/builder.hpp"
#include "shape.hpp"

/// From the server's binary values to column builders.
namespace sluice::postgres {

/// How a binary value becomes a wanted one.
enum class Decoding {
  boolean,
  int2,
  int4,
  int8,
  int2_decimal,  // integers into a decimal column
  int4_decimal,
  int8_decimal,
  float4,
  float8,
  bytes,
  jsonb,
  date,
  time,
  timestamp,
  uuid,
  decimal,
  decimal_integer,  // numeric into an integer column
  number,
};

/// One column of a read.
struct ReadColumn {
  std::string name;
  std::string expression;  ///< what is selected
  Decoding decoding = Decoding::bytes;
  arrow::Field field;
  /// Range of an integer column of another width.
  int64_t low = INT64_MIN, high = INT64_MAX;
  bool keeps_infinite = false;  ///< dates and timestamps, see arrow/infinite.hpp
};

/// How `column` is delivered as `wanted` (nullopt: as its own logical type). Throws Error(unsupported) naming column
/// and types where it cannot be.
ReadColumn plan_read_column(const TableShape& shape, const NativeColumn& column,
                            const std::optional<arrow::Type>& wanted);

/// Appends one value that is not NULL. nullptr when it fits, else why not ("is infinite", ...).
const char* decode_value(const ReadColumn& column, std::string_view binary, arrow::ColumnBuilder& out);

/// The value as a text for messages; never throws for a malformed one.
std::string describe_value(const ReadColumn& column, std::string_view binary);

}  // namespace sluice::postgres
