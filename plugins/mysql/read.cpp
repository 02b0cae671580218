#include "read.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "arrow/text.hpp"
#include "bounds.hpp"
#include "decode.hpp"
#include "quote.hpp"

namespace sluice::mysql {
namespace {

using arrow::Kind;

constexpr int64_t kDefaultBatchRows = 16'384;
constexpr int64_t kDefaultBatchBytes = 4 << 20;

struct Limits {
  int64_t rows = kDefaultBatchRows;
  int64_t bytes = kDefaultBatchBytes;
};

Limits limits_of(const sdk::ReadSpec& spec) {
  return {spec.batch_rows > 0 ? spec.batch_rows : kDefaultBatchRows, spec.batch_bytes > 0 ? spec.batch_bytes : kDefaultBatchBytes};
}

/// A statement whose rows come one by one; where nobody wants the rest any more, the server is told so.
class RowStream {
 public:
  RowStream(Session& session, const std::string& sql, const Values& params, const std::string& where)
      : session_(session), statement_(session.data(), sql, where) {
    statement_.execute(params);
    types_.resize(mysql_stmt_field_count(statement_.raw()));
    cells_.resize(types_.size());
    if (types_.empty()) throw Error(Code::invalid_argument, where + ": answers no rows");
    const MYSQL_FIELD* fields = mariadb_stmt_fetch_fields(statement_.raw());
    for (size_t i = 0; i < types_.size(); ++i) types_[i] = type_of(fields[i]);
    mysql_stmt_attr_set(statement_.raw(), STMT_ATTR_CB_USER_DATA, this);
    mysql_stmt_attr_set(statement_.raw(), STMT_ATTR_CB_RESULT, reinterpret_cast<const void*>(&RowStream::take_cell));
    session_.is_streaming = true;
    is_open_ = true;
  }
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;
  ~RowStream() {
    if (!is_open_) return;
    session_.is_streaming = false;
    // Closing reads what is left: a query that was ended leaves little.
    session_.raw_data().end_query();
  }

  struct Type {
    std::string name;
    enum_field_types type = MYSQL_TYPE_NULL;
    bool is_unsigned = false;
    bool is_binary = false;
  };

  const std::vector<Type>& types() const { return types_; }

  /// False at the end. Cells hold until the next call.
  bool next() {
    if (!is_open_) return false;
    const int code = mysql_stmt_fetch(statement_.raw());
    if (code == 0 || code == MYSQL_DATA_TRUNCATED) return true;
    is_open_ = false;
    session_.is_streaming = false;
    if (code != MYSQL_NO_DATA) throw statement_.error();
    mysql_stmt_free_result(statement_.raw());
    return false;
  }

  bool is_null(size_t column) const { return cells_[column].begin == nullptr; }
  int64_t size(size_t column) const { return cells_[column].end - cells_[column].begin; }
  WireValue value(size_t column) const { return read_wire(types_[column].type, types_[column].is_unsigned, cells_[column].begin); }

 private:
  struct Cell {
    const unsigned char* begin = nullptr;
    const unsigned char* end = nullptr;
  };

  static Type type_of(const MYSQL_FIELD& field) {
    constexpr unsigned kBinary = 63;  // the number of the character set that is none
    const bool has_charset = field.type >= MYSQL_TYPE_TINY_BLOB || field.type == MYSQL_TYPE_VARCHAR || field.type == MYSQL_TYPE_BIT;
    return {field.name, field.type, (field.flags & UNSIGNED_FLAG) != 0, has_charset && field.charsetnr == kBinary};
  }

  /// Called by the library for each value of a row; only notes where it is, since nothing may be thrown through it.
  static void take_cell(void* stream, unsigned column, unsigned char** at) noexcept {
    auto* self = static_cast<RowStream*>(stream);
    Cell& cell = self->cells_[column];
    cell = {};
    if (at == nullptr) return;
    cell.begin = *at;
    cell.end = skip_wire(self->types_[column].type, *at);
    *at = const_cast<unsigned char*>(cell.end);
  }

  Session& session_;
  Statement statement_;
  std::vector<Type> types_;
  std::vector<Cell> cells_;
  bool is_open_ = false;
};

/// As describe_value, but long values are not cut.
std::string whole_value(const WireValue& value) {
  if (value.form != WireValue::Form::bytes) return describe_value(value);
  return arrow::is_valid_utf8(value.bytes) ? std::string(value.bytes) : "\\x" + arrow::bytes_to_hex(value.bytes);
}

std::vector<arrow::Field> fields_of(const std::vector<ReadColumn>& columns) {
  std::vector<arrow::Field> fields;
  for (const ReadColumn& column : columns) fields.push_back(column.field);
  return fields;
}

/// Columns of a query by what the server says of its result.
std::vector<ReadColumn> columns_of(const RowStream& rows, const ZeroDates& zero_dates) {
  std::vector<ReadColumn> columns;
  for (const RowStream::Type& type : rows.types()) {
    ReadColumn& column = columns.emplace_back();
    column.name = type.name;
    column.zero_dates = zero_dates;
    Kind kind = Kind::text;
    switch (type.type) {
      case MYSQL_TYPE_TINY:
      case MYSQL_TYPE_SHORT:
      case MYSQL_TYPE_YEAR:
      case MYSQL_TYPE_INT24:
      case MYSQL_TYPE_LONG: kind = Kind::int64; break;
      case MYSQL_TYPE_LONGLONG: kind = type.is_unsigned ? Kind::uint64 : Kind::int64; break;
      case MYSQL_TYPE_FLOAT:
      case MYSQL_TYPE_DOUBLE: kind = Kind::float64; break;
      default: kind = type.is_binary ? Kind::binary : Kind::text;
    }
    column.field = {type.name, {kind}};
  }
  return columns;
}

class TableReader final : public arrow::BatchReader {
 public:
  TableReader(std::unique_ptr<RowStream> rows, std::vector<ReadColumn> columns, std::string label, std::vector<std::string> key,
              const Limits& limits, Connection& connection)
      : rows_(std::move(rows)),
        columns_(std::move(columns)),
        label_(std::move(label)),
        key_(std::move(key)),
        limits_(limits),
        connection_(connection),
        builder_(fields_of(columns_)) {}

  const std::vector<arrow::Field>& fields() const override { return builder_.fields(); }
  /// From now on rows that don't fit go there.
  void reject_into(const sluice_reject_sink* sink) { rejects_ = sink; }

  arrow::Array next() override {
    if (connection_.was_cancelled()) throw Error(Code::cancelled, "reading " + label_ + ": cancelled");
    int64_t bytes = 0;
    for (int64_t rows = 0; rows < limits_.rows && bytes < limits_.bytes && rows_->next();) {
      ++row_number_;
      if (rejects_ != nullptr && !fits()) continue;
      bytes += append_row();
      ++rows;
    }
    return builder_.rows() == 0 ? arrow::Array() : builder_.finish();
  }

 private:
  int64_t append_row() {
    int64_t bytes = 0;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (rows_->is_null(i)) {
        builder_.column(i).append_null();
        continue;
      }
      const char* why = append_value(columns_[i], rows_->value(i), builder_.column(i));
      if (why != nullptr) [[unlikely]]
        throw value_error(i, why);
      bytes += rows_->size(i);
    }
    return bytes;
  }

  /// Tries the row's values by themselves, since a row can't be taken back from a batch.
  bool fits() {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (rows_->is_null(i)) continue;
      arrow::ColumnBuilder trial(columns_[i].field);
      const char* why = append_value(columns_[i], rows_->value(i), trial);
      if (why == nullptr) continue;
      sdk::reject(*rejects_, value_error(i, why), row_key(), columns_[i].name, row_as_json());
      return false;
    }
    return true;
  }

  std::string row_as_json() const {
    nlohmann::ordered_json row = nlohmann::ordered_json::object();
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (rows_->is_null(i)) {
        row[columns_[i].name] = nullptr;
      } else {
        row[columns_[i].name] = whole_value(rows_->value(i));
      }
    }
    return row.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  }

  std::string row_key() const {
    std::string key;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const bool is_key = std::find(key_.begin(), key_.end(), columns_[i].name) != key_.end();
      if (!is_key || rows_->is_null(i)) continue;
      key += (key.empty() ? "" : ", ") + columns_[i].name + " = " + describe_value(rows_->value(i));
    }
    return key.empty() ? "row " + std::to_string(row_number_) + " of the range" : key;
  }

  Error value_error(size_t index, const char* why) const {
    const ReadColumn& column = columns_[index];
    return Error(Code::data, label_ + " (" + row_key() + "), column " + column.name + ": " + column.field.native_type + " " +
                                describe_value(rows_->value(index)) + " " + why + " and does not fit " +
                                arrow::to_text(column.field.type));
  }

  std::unique_ptr<RowStream> rows_;
  std::vector<ReadColumn> columns_;
  std::string label_;
  std::vector<std::string> key_;
  const sluice_reject_sink* rejects_ = nullptr;
  Limits limits_;
  Connection& connection_;
  arrow::BatchBuilder builder_;
  int64_t row_number_ = 0;
};

std::vector<ReadColumn> plan_columns(const NativeTable& table, const sdk::ReadSpec& spec, const ZeroDates& zero_dates) {
  std::vector<ReadColumn> columns;
  const auto add = [&](const NativeColumn& column, const arrow::Type& wanted) {
    columns.push_back(plan_read_column(column, wanted, has_dates(column) ? zero_dates : ZeroDates()));
  };
  if (spec.columns.empty()) {
    for (const NativeColumn& column : table.columns) add(column, logical_type(column));
  }
  for (size_t i = 0; i < spec.columns.size(); ++i) {
    const NativeColumn& column = table.column(spec.columns[i]);
    add(column, spec.wanted.empty() ? logical_type(column) : spec.wanted[i].type);
  }
  return columns;
}

/// Names the key in messages also where the range doesn't speak of it.
std::vector<std::string> key_columns(Connection& connection, const NativeTable& table, const sdk::ReadSpec& spec) {
  if (!spec.key.empty()) return spec.key;
  const Rows rows = connection.run(
      "SELECT column_name FROM information_schema.statistics WHERE table_schema = ? AND table_name = ? AND index_name = 'PRIMARY' "
      "ORDER BY seq_in_index",
      {table.schema, table.name}, "looking at the key of " + table.label());
  std::vector<std::string> key;
  for (size_t row = 0; row < rows.size(); ++row) key.push_back(rows.text(row, 0));
  return key;
}

}  // namespace

std::unique_ptr<arrow::BatchReader> read_table(Session& session, const sdk::ReadSpec& spec) {
  Connection& connection = session.data();
  const NativeTable table = describe_table(connection, session.schema_or_default(spec.schema), spec.table);
  std::vector<ReadColumn> columns = plan_columns(table, spec, session.options().zero_dates());
  std::string list;
  for (const ReadColumn& column : columns) list += (list.empty() ? "" : ", ") + column.expression;
  const std::string condition = range_condition(table, spec);
  const std::string sql =
      "SELECT " + list + " FROM " + quote_qualified(table.schema, table.name) + (condition.empty() ? "" : " WHERE " + condition);
  std::vector<std::string> key = key_columns(connection, table, spec);
  auto rows = std::make_unique<RowStream>(session, sql, Values(), "reading " + table.label());
  auto reader =
      std::make_unique<TableReader>(std::move(rows), std::move(columns), table.label(), std::move(key), limits_of(spec), connection);
  reader->reject_into(spec.rejects);
  return reader;
}

std::unique_ptr<arrow::BatchReader> query_rows(Session& session, const std::string& sql, const Values& params) {
  auto rows = std::make_unique<RowStream>(session, sql, params, "query");
  std::vector<ReadColumn> columns = columns_of(*rows, session.options().zero_dates());
  return std::make_unique<TableReader>(std::move(rows), std::move(columns), "query", std::vector<std::string>(), Limits(),
                                       session.raw_data());
}

}  // namespace sluice::mysql
