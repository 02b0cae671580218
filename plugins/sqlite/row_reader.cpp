#include "row_reader.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "abi/plugin_sdk.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"

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
  int64_t rows = 0;
  while (rows < limits_.rows && writer_.bytes() < limits_.bytes) {
    if (!statement_.step()) {
      is_done_ = true;
      statement_.reset();  // gives the read lock back while the stream still waits to be released
      break;
    }
    if (rejects_ != nullptr && !fits()) continue;
    append(writer_);
    ++rows;
  }
  return rows == 0 ? arrow::Array() : writer_.finish();
}

void RowReader::append(ValueWriter& writer) {
  const int width = static_cast<int>(writer.width());
  sqlite3_stmt* row = statement_.get();
  for (int i = 0; i < width; ++i) writer.append(static_cast<size_t>(i), sqlite3_column_value(row, i));
}

/// Tries the row in a batch of its own, since a row can't be taken back from a batch.
bool RowReader::fits() {
  ValueWriter trial(writer_.fields(), [this] { return namer_(statement_); });
  try {
    append(trial);
    return true;
  } catch (const Error& error) {
    if (error.code() != Code::data) throw;
    sdk::reject(*rejects_, error, namer_(statement_), "", row_as_json());
    return false;
  }
}

std::string RowReader::row_as_json() const {
  nlohmann::ordered_json row = nlohmann::ordered_json::object();
  for (size_t i = 0; i < writer_.fields().size(); ++i) {
    const int column = static_cast<int>(i);
    if (statement_.is_null(column)) {
      row[writer_.fields()[i].name] = nullptr;
      continue;
    }
    const std::string_view bytes = statement_.type(column) == SQLITE_BLOB ? statement_.blob(column) : statement_.text(column);
    const bool is_text = statement_.type(column) != SQLITE_BLOB && arrow::is_valid_utf8(bytes);
    row[writer_.fields()[i].name] = is_text ? std::string(bytes) : "\\x" + arrow::bytes_to_hex(bytes);
  }
  return row.dump();
}

}  // namespace sluice::sqlite
