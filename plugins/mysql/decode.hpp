#pragma once

#include <string>

#include "arrow/builder.hpp"
#include "native.hpp"
#include "wire.hpp"
#include "zero_dates.hpp"

namespace sluice::mysql {

/// One column of a read.
struct ReadColumn {
  std::string name;
  std::string expression;  ///< what is selected
  arrow::Field field;      ///< as it is delivered
  ZeroDates zero_dates;
};

/// How `column` is delivered as `wanted`. Whether a value fits shows with each value.
ReadColumn plan_read_column(const NativeColumn& column, const arrow::Type& wanted, const ZeroDates& zero_dates);

/// Appends one value that is not NULL. nullptr when it fits, else why not ("is out of range", ...).
const char* append_value(const ReadColumn& column, const WireValue& value, arrow::ColumnBuilder& out);

/// For messages: cut where it is long, bytes as hex where they are no text.
std::string describe_value(const WireValue& value);

}  // namespace sluice::mysql
