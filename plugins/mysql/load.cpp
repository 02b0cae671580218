#include "load.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "arrow/infinite.hpp"
#include "arrow/json_escape.hpp"
#include "arrow/text.hpp"
#include "arrow/view.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "native.hpp"
#include "quote.hpp"

namespace sluice::mysql {
namespace {

using arrow::ColumnView;
using arrow::Kind;

/// The protocol counts parameters with two bytes.
constexpr size_t kMostParameters = 60'000;
constexpr size_t kMostRows = 500;
/// Well below the smallest max_allowed_packet in use; a row that is wider goes alone.
constexpr size_t kMostBytes = 2 << 20;

/// What one parameter points to: integers and reals here, texts and bytes in the batch or in `text`.
struct Cell {
  int64_t integer = 0;
  double real = 0;
  std::string text;
};

void bind_text(MYSQL_BIND& bind, std::string_view text, enum_field_types type) {
  bind.buffer_type = type;
  bind.buffer = const_cast<char*>(text.data());
  bind.buffer_length = text.size();
}

void bind_integer(MYSQL_BIND& bind, Cell& cell, int64_t value, bool is_unsigned) {
  cell.integer = value;
  bind.buffer_type = MYSQL_TYPE_LONGLONG;
  bind.buffer = &cell.integer;
  bind.is_unsigned = is_unsigned ? 1 : 0;
}

/// Returns why the value can't be held, nullptr where it can.
const char* bind_value(const ColumnView& column, int64_t row, bool wants_packed_uuid, MYSQL_BIND& bind, Cell& cell) {
  if (arrow::is_infinite_time(column, row)) return "is no date or time that MySQL can hold";
  switch (column.type().kind) {
    case Kind::text:
    case Kind::number: bind_text(bind, column.bytes(row), MYSQL_TYPE_STRING); return nullptr;
    case Kind::json:
      if (arrow::has_half_pair(column.bytes(row))) return "holds half of a surrogate pair, which is no character";
      bind_text(bind, column.bytes(row), MYSQL_TYPE_STRING);
      return nullptr;
    case Kind::binary: bind_text(bind, column.bytes(row), MYSQL_TYPE_BLOB); return nullptr;
    case Kind::uuid:
      if (wants_packed_uuid) {
        bind_text(bind, column.bytes(row), MYSQL_TYPE_BLOB);
        return nullptr;
      }
      break;
    case Kind::float32:
    case Kind::float64:
      cell.real = column.float64(row);
      if (!std::isfinite(cell.real)) return "is no number that MySQL can hold";
      bind.buffer_type = MYSQL_TYPE_DOUBLE;
      bind.buffer = &cell.real;
      return nullptr;
    case Kind::decimal:
    case Kind::date:
    case Kind::time: break;
    case Kind::timestamp:
    case Kind::timestamptz:
      // Sessions here are in UTC: the zone's letters would be refused.
      cell.text = arrow::timestamp_to_text(column.int64(row), false);
      bind_text(bind, cell.text, MYSQL_TYPE_STRING);
      return nullptr;
    default: bind_integer(bind, cell, column.int64(row), column.type().kind == Kind::uint64); return nullptr;
  }
  cell.text = arrow::value_to_text(column, row);
  bind_text(bind, cell.text, MYSQL_TYPE_STRING);
  return nullptr;
}

size_t width_of(const ColumnView& column, int64_t row) {
  const Kind kind = column.type().kind;
  const bool is_variable = kind == Kind::text || kind == Kind::number || kind == Kind::json || kind == Kind::binary;
  return is_variable && !column.is_null(row) ? column.bytes(row).size() + 9 : 16;
}

/// Loads into one table. Used once.
class Loader {
 public:
  Loader(Connection& connection, const NativeTable& table, const sdk::LoadSpec& spec)
      : connection_(connection), label_(table.label()), names_(spec.columns), width_(spec.columns.size()) {
    std::string list;
    for (const std::string& name : spec.columns) {
      const NativeColumn& column = table.column(name);
      list += (list.empty() ? "" : ", ") + quote_name(name);
      packs_uuid_.push_back(column.word == "binary");
      places_ += places_.empty() ? "(?" : ", ?";
    }
    places_ += ")";
    // IGNORE makes warnings of errors; of those only the one for a key that is there is let pass.
    insert_ = std::string(spec.mode == SLUICE_LOAD_INSERT_MISSING ? "INSERT IGNORE INTO " : "INSERT INTO ") + quote_qualified(table.schema, table.name) + " (" + list + ") VALUES ";
    on_conflict_ = conflict_sql(spec);
    mode_ = spec.mode;
    most_rows_ = std::max<size_t>(1, std::min(kMostRows, kMostParameters / std::max<size_t>(1, width_)));
  }

  void add(const std::vector<arrow::Field>& fields, const ArrowArray& batch) {
    const std::vector<ColumnView> views = arrow::view_batch(fields, batch);
    for (int64_t row = 0; row < batch.length;) {
      if (connection_.was_cancelled()) throw Error(Code::cancelled, "loading " + label_ + ": cancelled");
      const int64_t end = end_of_group(views, row, batch.length);
      send(views, row, end);
      row = end;
    }
  }

  const LoadTotals& totals() const { return totals_; }

 private:
  /// What happens to rows whose key is there already.
  static std::string conflict_sql(const sdk::LoadSpec& spec) {
    if (spec.mode != SLUICE_LOAD_UPSERT) return "";
    std::string values;
    for (const std::string& column : spec.columns) {
      if (std::find(spec.key.begin(), spec.key.end(), column) != spec.key.end()) continue;
      values += (values.empty() ? "" : ", ") + quote_name(column) + " = VALUES(" + quote_name(column) + ")";
    }
    // A column set to itself: the row stays.
    if (values.empty()) values = quote_name(spec.key.front()) + " = " + quote_name(spec.key.front());
    return " ON DUPLICATE KEY UPDATE " + values;
  }

  int64_t end_of_group(const std::vector<ColumnView>& views, int64_t begin, int64_t length) {
    size_t bytes = 0;
    int64_t end = begin;
    while (end < length && static_cast<size_t>(end - begin) < most_rows_) {
      size_t row = 0;
      for (const ColumnView& view : views) row += width_of(view, end);
      if (end > begin && bytes + row > kMostBytes) break;
      bytes += row;
      ++end;
    }
    totals_.bytes += static_cast<int64_t>(bytes);
    return end;
  }

  void send(const std::vector<ColumnView>& views, int64_t begin, int64_t end) {
    const auto rows = static_cast<size_t>(end - begin);
    binds_.assign(rows * width_, MYSQL_BIND{});
    if (cells_.size() < binds_.size()) cells_.resize(binds_.size());
    for (size_t i = 0; i < binds_.size(); ++i) {
      const size_t column = i % width_;
      const int64_t row = begin + static_cast<int64_t>(i / width_);
      if (views[column].is_null(row)) {
        binds_[i].buffer_type = MYSQL_TYPE_NULL;
      } else if (const char* why = bind_value(views[column], row, packs_uuid_[column], binds_[i], cells_[i])) {
        throw Error(Code::data, place(views, row) + ", column " + names_[column] + ": " + shown(views[column], row) + " " + why);
      }
    }
    Statement& statement = statement_for(rows);
    try {
      if (mysql_stmt_bind_param(statement.raw(), binds_.data()) != 0) throw statement.error();
      statement.execute();
    } catch (const Error& error) {
      throw with_row(error, views, begin, end);
    }
    check_warnings(views, begin, end);
    const auto affected = static_cast<int64_t>(mysql_stmt_affected_rows(statement.raw()));
    if (mode_ == SLUICE_LOAD_INSERT_MISSING) {
      totals_.rows += affected;
      totals_.already_there += end - begin - affected;
      return;
    }
    if (mode_ == SLUICE_LOAD_UPSERT) {
      // The server counts an updated row as two.
      totals_.rows += end - begin;
      return;
    }
    if (affected != end - begin) {
      throw Error(Code::data, label_ + ": " + std::to_string(end - begin) + " rows were sent and the server says it wrote " + std::to_string(affected));
    }
    totals_.rows += affected;
  }

  /// Full groups are of one size; the last one of a batch is of another.
  Statement& statement_for(size_t rows) {
    auto& statement = rows == most_rows_ ? full_ : other_;
    size_t& size = rows == most_rows_ ? full_size_ : other_size_;
    if (statement != nullptr && size == rows) return *statement;
    std::string sql = insert_;
    for (size_t i = 0; i < rows; ++i) sql += (i == 0 ? "" : ", ") + places_;
    sql += on_conflict_;
    statement = std::make_unique<Statement>(connection_, sql, "loading " + label_);
    size = rows;
    return *statement;
  }

  void check_warnings(const std::vector<ColumnView>& views, int64_t begin, int64_t end) {
    if (mysql_warning_count(connection_.raw()) == 0) return;
    constexpr int64_t kThereAlready = 1062;
    const Rows warnings = connection_.run("SHOW WARNINGS");
    for (size_t row = 0; row < warnings.size(); ++row) {
      if (mode_ == SLUICE_LOAD_INSERT_MISSING && warnings.integer(row, 1) == kThereAlready) continue;
      throw with_row(Error(Code::data, "loading " + label_ + ": the server warns: " + warnings.text(row, 2)), views, begin, end);
    }
  }

  /// The server counts rows of the statement from 1: "... at row 3". Where it names none, as for a check, the statement's first
  /// and last row are named.
  Error with_row(const Error& error, const std::vector<ColumnView>& views, int64_t begin, int64_t end) const {
    if (error.code() != Code::data && error.code() != Code::constraint) return error;
    const size_t at = error.message().rfind("at row ");
    const int64_t number = at == std::string::npos ? 0 : std::strtoll(error.message().c_str() + at + 7, nullptr, 10);
    if (number >= 1 && begin + number <= end) return error.with_prefix(place(views, begin + number - 1) + ": ");
    const std::string last = end - begin > 1 ? " to " + place(views, end - 1) : "";
    return error.with_prefix(place(views, begin) + last + ": ");
  }

  /// Short, so that the message has room for what is wrong with it.
  static std::string shown(const ColumnView& view, int64_t row) {
    constexpr size_t kShown = 60;
    return std::string(utf8_truncate(arrow::value_to_text(view, row), kShown));
  }

  std::string place(const std::vector<ColumnView>& views, int64_t row) const {
    const std::string first = views.front().is_null(row) ? "NULL" : shown(views.front(), row);
    return label_ + " (" + names_.front() + " = " + first + ")";
  }

  Connection& connection_;
  std::string label_;
  std::vector<std::string> names_;
  size_t width_;
  std::vector<bool> packs_uuid_;
  std::string places_, insert_, on_conflict_;
  int32_t mode_ = SLUICE_LOAD_APPEND;
  size_t most_rows_ = 1;
  std::unique_ptr<Statement> full_, other_;
  size_t full_size_ = 0, other_size_ = 0;
  std::vector<MYSQL_BIND> binds_;
  std::vector<Cell> cells_;
  LoadTotals totals_;
};

void refuse_unsafe_target(Connection& connection, const NativeTable& table) {
  const Rows found = connection.run("SELECT coalesce(engine, '') FROM information_schema.tables WHERE table_schema = ? AND table_name = ?",
                                    {table.schema, table.name}, "looking at " + table.label());
  if (!found.empty() && found.text(0, 0) == "InnoDB") return;
  throw Error(Code::unsupported, table.label() + ": its engine " + (found.empty() ? "" : found.text(0, 0)) + " has no transactions, a kill could leave it half written",
              "ALTER TABLE ... ENGINE = InnoDB");
}

/// ON DUPLICATE KEY goes by every unique index: with another one beside the key it would change rows of other keys.
void require_one_key(Connection& connection, const NativeTable& table, const sdk::LoadSpec& spec) {
  const Rows indexes = connection.run(
      "SELECT index_name, group_concat(column_name ORDER BY seq_in_index SEPARATOR '\n'), max(sub_part IS NOT NULL) FROM information_schema.statistics "
      "WHERE table_schema = ? AND table_name = ? AND non_unique = 0 GROUP BY index_name",
      {table.schema, table.name}, "looking at the keys of " + table.label());
  std::string key;
  for (const std::string& column : spec.key) key += (key.empty() ? "" : "\n") + column;
  // A key over the beginnings of texts takes different ones for equal.
  if (indexes.size() == 1 && indexes.text(0, 1) == key && indexes.integer(0, 2) == 0) return;
  throw Error(Code::unsupported,
              table.label() + ": to find rows that are there it must have one unique key, that of the map, and no other; it has " +
                  std::to_string(indexes.size()),
              "drop the other unique indexes, or copy with mode = \"append\"");
}

}  // namespace

LoadTotals load_table(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches) {
  if (!session.guard) throw Error(Code::invalid_argument, "load: no guard is open");
  Connection& connection = session.data();
  const NativeTable table = describe_table(connection, session.schema_or_default(spec.schema), spec.table);
  refuse_unsafe_target(connection, table);
  if (spec.mode != SLUICE_LOAD_APPEND) require_one_key(connection, table, spec);
  // Every warning must be seen; the server keeps 64 otherwise.
  if (spec.mode == SLUICE_LOAD_INSERT_MISSING) connection.run("SET SESSION max_error_count = 65535");
  // Rows come in no order that foreign keys could go by; `schema.finish` adds those afterwards and they are checked then.
  Loader loader(connection, table, spec);
  for (arrow::Array batch = batches.next(); !batch.empty(); batch = batches.next()) loader.add(batches.fields(), *batch);
  return loader.totals();
}

}  // namespace sluice::mysql
