#include "copy_out.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "arrow/text.hpp"
#include "base/error.hpp"
#include "big_endian.hpp"
#include "bounds.hpp"
#include "decode.hpp"
#include "quote.hpp"
#include "stream_scope.hpp"

namespace sluice::postgres {
namespace {

constexpr int64_t kDefaultBatchRows = 16'384;
constexpr int64_t kDefaultBatchBytes = 4 << 20;
/// "PGCOPY\n\377\r\n\0", flags, length of the header's extension.
constexpr size_t kHeaderBytes = 19;
constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);

std::vector<ReadColumn> plan_columns(const TableShape& shape, const sdk::ReadSpec& spec, bool keeps_infinite) {
  std::vector<ReadColumn> columns;
  if (spec.columns.empty()) {
    for (const NativeColumn& column : shape.columns) columns.push_back(plan_read_column(shape, column, std::nullopt));
  }
  for (size_t i = 0; i < spec.columns.size(); ++i) {
    const auto wanted = spec.wanted.empty() ? std::nullopt : std::optional(spec.wanted[i].type);
    columns.push_back(plan_read_column(shape, shape.column(spec.columns[i]), wanted));
  }
  for (ReadColumn& column : columns) column.keeps_infinite = keeps_infinite;
  if (columns.empty()) throw Error(Code::unsupported, shape.label() + ": a table without columns cannot be read");
  return columns;
}

std::string copy_statement(const TableShape& shape, const std::vector<ReadColumn>& columns, const sdk::ReadSpec& spec) {
  std::string list;
  for (const ReadColumn& column : columns) list += (list.empty() ? "" : ", ") + column.expression;
  // Inheritance children are tables of their own in the catalog.
  const std::string only = shape.kind == 'r' ? "ONLY " : "";
  const std::string condition = range_condition(shape, spec);
  return "COPY (SELECT " + list + " FROM " + only + quote_qualified(shape.schema, shape.name) +
         (condition.empty() ? "" : " WHERE " + condition) + ") TO STDOUT (FORMAT binary)";
}

std::vector<arrow::Field> fields_of(const std::vector<ReadColumn>& columns) {
  std::vector<arrow::Field> fields;
  for (const ReadColumn& column : columns) fields.push_back(column.field);
  return fields;
}

/// Owns the message that PQgetCopyData hands out.
class Message {
 public:
  ~Message() { PQfreemem(data_); }
  /// Its size; -1 at the end of the COPY, -2 on failure.
  int receive(PGconn* connection) {
    PQfreemem(data_);
    data_ = nullptr;
    return PQgetCopyData(connection, &data_, 0);
  }
  const char* data() const { return data_; }

 private:
  char* data_ = nullptr;
};

/// As describe_value, but long values are not cut.
std::string whole_value(const ReadColumn& column, std::string_view binary) {
  if (column.decoding == Decoding::jsonb) return std::string(binary.substr(1));
  if (column.decoding != Decoding::bytes) return describe_value(column, binary);
  return arrow::is_valid_utf8(binary) ? std::string(binary) : "\\x" + arrow::bytes_to_hex(binary);
}

class CopyOutReader final : public arrow::BatchReader {
 public:
  CopyOutReader(Session& session, const TableShape& shape, const sdk::ReadSpec& spec)
      : session_(session),
        label_(shape.label()),
        key_(spec.key),
        rejects_(spec.rejects),
        columns_(plan_columns(shape, spec, session.options().keeps_infinite())),
        builder_(fields_of(columns_)),
        cells_(columns_.size()),
        batch_rows_(spec.batch_rows > 0 ? spec.batch_rows : kDefaultBatchRows),
        batch_bytes_(spec.batch_bytes > 0 ? spec.batch_bytes : kDefaultBatchBytes),
        scope_(session) {
    start(copy_statement(shape, columns_, spec));
  }
  const std::vector<arrow::Field>& fields() const override { return builder_.fields(); }

  arrow::Array next() override {
    if (!scope_.is_open()) return {};
    try {
      read_rows();
    } catch (...) {
      scope_.give_up();
      throw;
    }
    return builder_.rows() == 0 ? arrow::Array() : builder_.finish();
  }

 private:
  void start(const std::string& copy) {
    scope_.open();
    session_.raw_data().start_copy(copy, "reading " + label_);
  }

  void read_rows() {
    Connection& connection = session_.raw_data();
    if (connection.was_cancelled()) throw Error(Code::cancelled, "reading " + label_ + ": cancelled");
    int64_t bytes = 0;
    for (int64_t rows = 0; rows < batch_rows_ && bytes < batch_bytes_;) {
      const int size = message_.receive(connection.raw());
      if (size < 0) return end();
      std::string_view row(message_.data(), static_cast<size_t>(size));
      if (!has_header_) skip_header(row);
      if (row.size() >= 2 && get_int16(row.data()) == -1) continue;  // the trailer
      split_row(row);
      ++row_number_;
      if (rejects_ != nullptr && !fits()) continue;
      decode_row();
      ++rows;
      bytes += size;
    }
  }

  void skip_header(std::string_view& row) {
    if (row.size() < kHeaderBytes || row.substr(0, kSignature.size()) != kSignature) fail_form();
    const auto extension = static_cast<size_t>(get_int32(row.data() + 15));
    if (row.size() < kHeaderBytes + extension) fail_form();
    row.remove_prefix(kHeaderBytes + extension);
    has_header_ = true;
  }

  void decode_row() {
    for (size_t i = 0; i < columns_.size(); ++i) {
      arrow::ColumnBuilder& column = builder_.column(i);
      if (cells_[i].data() == nullptr) {
        column.append_null();
      } else if (const char* why = decode_value(columns_[i], cells_[i], column); why != nullptr) [[unlikely]] {
        throw value_error(i, why);
      }
    }
  }

  /// Tries the row's values by themselves, since a row can't be taken back from a batch.
  bool fits() {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (cells_[i].data() == nullptr) continue;
      arrow::ColumnBuilder trial(columns_[i].field);
      if (const char* why = decode_value(columns_[i], cells_[i], trial); why != nullptr) {
        sdk::reject(*rejects_, value_error(i, why), row_key(), columns_[i].name, row_as_json());
        return false;
      }
    }
    return true;
  }

  std::string row_as_json() const {
    nlohmann::ordered_json row = nlohmann::ordered_json::object();
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (cells_[i].data() == nullptr) {
        row[columns_[i].name] = nullptr;
      } else {
        row[columns_[i].name] = whole_value(columns_[i], cells_[i]);
      }
    }
    return row.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  }

  void split_row(std::string_view row) {
    const char* at = row.data();
    const char* end = at + row.size();
    if (row.size() < 2 || get_int16(at) != static_cast<int16_t>(columns_.size())) fail_form();
    at += 2;
    for (std::string_view& cell : cells_) {
      if (end - at < 4) fail_form();
      const int32_t size = get_int32(at);
      at += 4;
      cell = size < 0 ? std::string_view() : std::string_view(at, static_cast<size_t>(size));
      if (size <= 0) continue;
      if (end - at < size) fail_form();
      at += size;
    }
  }

  [[noreturn]] void fail_form() const {
    throw Error(Code::internal, "reading " + label_ + ": the server's binary COPY has an unknown form");
  }

  /// "id = 7", or the row's number.
  std::string row_key() const {
    std::string key;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const bool is_key = std::find(key_.begin(), key_.end(), columns_[i].name) != key_.end();
      if (!is_key || cells_[i].data() == nullptr) continue;
      key += (key.empty() ? "" : ", ") + columns_[i].name + " = " + describe_value(columns_[i], cells_[i]);
    }
    return key.empty() ? "row " + std::to_string(row_number_) + " of the range" : key;
  }

  Error value_error(size_t index, const char* why) const {
    const ReadColumn& column = columns_[index];
    return Error(Code::data, label_ + " (" + row_key() + "), column " + column.name + ": " + column.field.native_type + " " +
                                 describe_value(column, cells_[index]) + " " + why + " and does not fit " +
                                 arrow::to_text(column.field.type));
  }

  void end() {
    Connection& connection = session_.raw_data();
    const Result result(PQgetResult(connection.raw()));
    if (result.empty() || result.status() != PGRES_COMMAND_OK) throw connection.error(result, "reading " + label_);
    connection.drain();
    scope_.finish();
  }

  Session& session_;
  std::string label_;
  std::vector<std::string> key_;
  const sluice_reject_sink* rejects_;
  std::vector<ReadColumn> columns_;
  arrow::BatchBuilder builder_;
  std::vector<std::string_view> cells_;  // of the current row; no data: NULL
  int64_t batch_rows_;
  int64_t batch_bytes_;
  bool has_header_ = false;
  int64_t row_number_ = 0;
  Message message_;
  StreamScope scope_;
};

}  // namespace

std::unique_ptr<arrow::BatchReader> read_table(Session& session, const sdk::ReadSpec& spec) {
  const TableShape shape = describe_table(session.data(), session.schema_or_default(spec.schema), spec.table);
  return std::make_unique<CopyOutReader>(session, shape, spec);
}

}  // namespace sluice::postgres
