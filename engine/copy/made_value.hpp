#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "arrow/builder.hpp"
#include "arrow/view.hpp"
#include "copy/convert_real.hpp"
#include "workflow/table_transform.hpp"

/// What a transform's function returned, as a value of the target.
namespace sluice::copy {

/// One result.
struct MadeValue {
  workflow::Made tag;
  int64_t bits;
  std::string_view text;
};
/// "the number 1.5", "'abc'", "nothing (nil)".
std::string to_text(const MadeValue& value);

/// Appends results to a column of one type. Numbers become decimals rounded to their scale, half away from zero, on the
/// number's shortest text; texts are taken for types that numbers of Lua can't hold (times, uuids, long decimals);
/// nothing else is converted. For one thread.
class MadeValueWriter {
 public:
  explicit MadeValueWriter(const arrow::Field& field);
  /// nullptr; or what was expected, with nothing appended.
  const char* append(const MadeValue& value, arrow::ColumnBuilder& out);

 private:
  const char* append_integer(const MadeValue& value, arrow::ColumnBuilder& out) const;
  const char* append_uint64(const MadeValue& value, arrow::ColumnBuilder& out) const;
  const char* append_real(const MadeValue& value, arrow::ColumnBuilder& out) const;
  const char* append_decimal(const MadeValue& value, arrow::ColumnBuilder& out) const;
  const char* append_number(const MadeValue& value, arrow::ColumnBuilder& out) const;
  const char* append_text(std::string_view text, arrow::ColumnBuilder& out) const;
  bool round_quickly(double value, int64_t& unscaled) const;

  arrow::Field field_;
  int64_t least_ = 0;
  int64_t greatest_ = 0;
  double power_ = 1;
  double quick_limit_ = 0;
  std::string expected_;
};

/// Appends the value of a row of the same type.
void append_same(const arrow::ColumnView& from, int64_t row, arrow::ColumnBuilder& out);

}  // namespace sluice::copy
