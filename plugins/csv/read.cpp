#include "read.hpp"

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "arrow/builder.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "session.hpp"
#include "sources.hpp"

namespace sluice::csv {

namespace {

using arrow::Kind;

constexpr int64_t kDefaultRows = 8192;
constexpr int64_t kDefaultBytes = 4 << 20;

/// Rows whose integer in one column is in [lower, upper).
struct KeyRange {
  size_t column = 0;
  int64_t lower = std::numeric_limits<int64_t>::min();
  std::optional<int64_t> upper;
};

std::optional<int64_t> integer_from(std::string_view text) {
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::vector<arrow::Field> fields_of(const sdk::ReadSpec& spec) {
  std::vector<arrow::Field> fields = spec.wanted;
  for (size_t i = fields.size(); i < spec.columns.size(); ++i) fields.push_back({spec.columns[i], {Kind::text}});
  for (const arrow::Field& field : fields) {
    const Kind kind = field.type.kind;
    if (kind == Kind::text || kind == Kind::int64 || kind == Kind::float64 || kind == Kind::binary) continue;
    throw Error(Code::unsupported, spec.table + "." + field.name +
                                       ": CSV delivers text, int64, float64 and binary, not " +
                                       arrow::to_text(field.type));
  }
  return fields;
}

bool is_local(const std::vector<sdk::KeyValue>& bound) { return bound.empty() || bound[0].type == SLUICE_KEY_LOCAL; }

Scan scan_of(const Shape& shape, const sdk::ReadSpec& spec) {
  if (!is_local(spec.lower) || !is_local(spec.upper)) return shape.scan();
  return shape.scan(spec.lower.empty() ? -1 : spec.lower[0].integer, spec.upper.empty() ? -1 : spec.upper[0].integer);
}

std::optional<KeyRange> key_range_of(const Shape& shape, const sdk::ReadSpec& spec) {
  if (is_local(spec.lower) && is_local(spec.upper)) return std::nullopt;
  for (const auto* bound : {&spec.lower, &spec.upper}) {
    if (bound->empty() || (spec.key.size() == 1 && (*bound)[0].type == SLUICE_KEY_INTEGER)) continue;
    throw Error(Code::unsupported, spec.table + ": CSV files are read by ranges of bytes or of one integer column");
  }
  KeyRange range;
  range.column = shape.column(spec.key.at(0));
  if (!spec.lower.empty()) range.lower = spec.lower[0].integer;
  if (!spec.upper.empty()) range.upper = spec.upper[0].integer;
  return range;
}

class CellReader : public arrow::BatchReader {
 public:
  CellReader(const Shape& shape, const sdk::ReadSpec& spec, const std::atomic<bool>& cancelled)
      : table_(shape.source.name),
        rows_(scan_of(shape, spec), &cancelled),
        key_(key_range_of(shape, spec)),
        builder_(fields_of(spec)),
        most_rows_(spec.batch_rows > 0 ? spec.batch_rows : kDefaultRows),
        most_bytes_(spec.batch_bytes > 0 ? spec.batch_bytes : kDefaultBytes),
        rejects_(spec.rejects) {
    rows_.expect(shape.columns);
    // Nobody knows which range of a key a row belongs to that can't be read.
    if (rejects_ != nullptr && !key_) rows_.be_lenient();
    for (const std::string& column : spec.columns) columns_.push_back(shape.column(column));
  }

  const std::vector<arrow::Field>& fields() const override { return builder_.fields(); }

  arrow::Array next() override {
    int64_t rows = 0;
    int64_t bytes = 0;
    while (rows < most_rows_ && bytes < most_bytes_ && rows_.next()) {
      if (rows_.has_fault()) {
        files::reject_unreadable(*rejects_, rows_.fault(), rows_.unreadable_row());
        continue;
      }
      if (key_ && !is_in_range()) continue;
      if (rejects_ != nullptr && !fits()) continue;
      for (size_t i = 0; i < columns_.size(); ++i) append(builder_.column(i), rows_.cell(columns_[i]));
      bytes += rows_.row_end() - rows_.row_begin();
      ++rows;
    }
    return rows == 0 ? arrow::Array() : builder_.finish();
  }

 private:
  bool is_in_range() const {
    const Cell& cell = rows_.cell(key_->column);
    if (rows_.is_null(cell)) return false;
    const auto value = integer_from(cell.text());
    if (!value)
      throw rows_.at_row(Code::data, table_ + ": expected an integer key, found '" + std::string(cell.text()) + "'");
    return *value >= key_->lower && (!key_->upper || *value < *key_->upper);
  }

  /// Tries the row's cells by themselves, since a row can't be taken back from a batch.
  bool fits() const {
    for (size_t i = 0; i < columns_.size(); ++i) {
      arrow::ColumnBuilder trial(fields()[i]);
      try {
        append(trial, rows_.cell(columns_[i]));
      } catch (const Error& error) {
        if (error.code() != Code::data) throw;
        sdk::reject(*rejects_, error, "byte " + std::to_string(rows_.row_begin()), fields()[i].name, row_as_json());
        return false;
      }
    }
    return true;
  }

  std::string row_as_json() const {
    nlohmann::ordered_json row = nlohmann::ordered_json::object();
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Cell& cell = rows_.cell(columns_[i]);
      row[fields()[i].name] = rows_.is_null(cell) ? nlohmann::ordered_json() : nlohmann::ordered_json(cell.text());
    }
    return row.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  }

  void append(arrow::ColumnBuilder& out, const Cell& cell) const {
    if (rows_.is_null(cell)) return out.append_null();
    const std::string_view text = cell.text();
    switch (out.field().type.kind) {
      case Kind::int64: {
        const auto value = integer_from(text);
        if (!value) refuse(out, text, "an integer of 64 bits");
        return out.append_int64(*value);
      }
      case Kind::float64: {
        const auto value = arrow::double_from_text(text);
        if (!value) refuse(out, text, "a number");
        return out.append_double(*value);
      }
      case Kind::binary: {
        const auto bytes = text.substr(0, 2) == "\\x" ? arrow::bytes_from_hex(text.substr(2)) : std::nullopt;
        if (!bytes) refuse(out, text, "bytes as hex digits behind \\x");
        return out.append_bytes(*bytes);
      }
      default: out.append_bytes(text);
    }
  }

  [[noreturn]] void refuse(const arrow::ColumnBuilder& out, std::string_view text, const char* expected) const {
    constexpr size_t kShown = 60;
    throw rows_.at_row(Code::data,
                       table_ + "." + out.field().name + ": expected " + expected + ", found '" +
                           std::string(utf8_truncate(text, kShown)) + "'",
                       "map the column to a type that holds it, or mend the file");
  }

  std::string table_;
  RowScanner rows_;
  std::optional<KeyRange> key_;
  arrow::BatchBuilder builder_;
  std::vector<size_t> columns_;
  int64_t most_rows_;
  int64_t most_bytes_;
  const sluice_reject_sink* rejects_;
};

}  // namespace

std::unique_ptr<arrow::BatchReader> read_rows(Session& session, const sdk::ReadSpec& spec) {
  if (!spec.where.empty()) {
    throw Error(Code::unsupported, spec.table + ": CSV files have no language for `where`",
                "leave it out, or load them first");
  }
  if (spec.columns.empty()) throw Error(Code::invalid_argument, spec.table + ": no columns are asked for");
  const Shape shape = shape_of(find_source(session, spec.schema, spec.table), session.home().cancelled());
  return std::make_unique<CellReader>(shape, spec, session.home().cancelled());
}

}  // namespace sluice::csv
