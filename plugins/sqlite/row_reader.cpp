#include "row_reader.hpp"

#include <utility>

namespace sluice::sqlite {

namespace {

constexpr int64_t kDefaultRows = 8192;
constexpr int64_t kDefaultBytes = 4 << 20;

}  // namespace

RowReader::RowReader(Statement statement, std::vector<arrow::Field> fields, BatchLimits limits, RowNamer namer)
    : statement_(std::move(statement)),
      namer_(std::move(namer)),
      writer_(std::move(fields), [this] { return namer_(statement_); }),
      limits_{limits.rows > 0 ? limits.rows : kDefaultRows, limits.bytes > 0 ? limits.bytes : kDefaultBytes} {}

arrow::Array RowReader::next() {
  if (is_done_) return {};
  const int width = static_cast<int>(writer_.width());
  sqlite3_stmt* row = statement_.get();
  int64_t rows = 0;
  while (rows < limits_.rows && writer_.bytes() < limits_.bytes) {
    if (!statement_.step()) {
      is_done_ = true;
      statement_.reset();  // gives the read lock back while the stream still waits to be released
      break;
    }
    for (int i = 0; i < width; ++i) writer_.append(static_cast<size_t>(i), sqlite3_column_value(row, i));
    ++rows;
  }
  return rows == 0 ? arrow::Array() : writer_.finish();
}

}  // namespace sluice::sqlite
