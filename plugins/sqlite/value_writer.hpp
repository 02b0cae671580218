#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "arrow/builder.hpp"
#include "arrow/owner.hpp"

namespace sluice::sqlite {

/// Builds batches out of SQLite's values. A value must fit its field exactly, else Error(data) names the row, the
/// column and what was found:
/// - int8 to int64, uint8 to uint32, boolean: INTEGERs in range (0 and 1 for boolean)
/// - float64: REALs, and INTEGERs up to 2^53
/// - text: TEXT that is UTF-8 (NUL bytes are passed on), INTEGERs as digits, REALs by their shortest exact digits
/// - binary: BLOBs, and TEXT as its bytes
class ValueWriter {
 public:
  /// `name_row` says which row is being written, for messages: "orders, row rowid = 17". Throws Error(unsupported) for
  /// a field of another type.
  ValueWriter(std::vector<arrow::Field> fields, std::function<std::string()> name_row);

  void append(size_t column, sqlite3_value* value);
  const std::vector<arrow::Field>& fields() const { return builder_.fields(); }
  size_t width() const { return forms_.size(); }
  /// About the size of the batch so far.
  int64_t bytes() const { return bytes_; }
  arrow::Array finish();

 private:
  int64_t append_integer(size_t column, sqlite3_value* value, int type);
  int64_t append_real(size_t column, sqlite3_value* value, int type);
  int64_t append_text(size_t column, sqlite3_value* value, int type);
  int64_t append_binary(size_t column, sqlite3_value* value, int type);
  [[noreturn]] void refuse(size_t column, sqlite3_value* value, const std::string& expected) const;

  /// Integers of a column must lie within these.
  struct Form {
    arrow::Kind kind = arrow::Kind::text;
    int64_t least = 0;
    int64_t greatest = 0;
  };

  arrow::BatchBuilder builder_;
  std::function<std::string()> name_row_;
  std::vector<Form> forms_;
  int64_t bytes_ = 0;
};

}  // namespace sluice::sqlite
