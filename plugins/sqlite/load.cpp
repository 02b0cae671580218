#include "load.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "arrow/infinite.hpp"
#include "arrow/text.hpp"
#include "arrow/view.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "quote.hpp"
#include "session.hpp"
#include "shape.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

using arrow::ColumnView;
using arrow::Kind;

/// Loads one stream. Lives for one call.
class Loader {
 public:
  Loader(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches)
      : handle_(session.handle()),
        shape_(shape_of(session, spec.schema.c_str(), spec.table)),
        columns_(target_columns(spec, batches)),
        mode_(spec.mode),
        key_(spec.key),
        batches_(batches),
        texts_(columns_.size()),
        insert_(session, insert_sql(), "loading " + shape_.name) {}

  Loaded load() {
    for (arrow::Array batch = batches_.next(); !batch.empty(); batch = batches_.next()) {
      const std::vector<ColumnView> views = arrow::view_batch(batches_.fields(), *batch);
      for (int64_t row = 0; row < batch->length; ++row) insert(views, row);
      // What was bound points into the batch.
      sqlite3_clear_bindings(insert_.get());
    }
    return loaded_;
  }

 private:
  std::vector<std::string> target_columns(const sdk::LoadSpec& spec, const arrow::BatchReader& batches) const {
    std::vector<std::string> columns = spec.columns;
    if (columns.empty()) {
      for (const arrow::Field& field : batches.fields()) columns.push_back(field.name);
    }
    if (columns.size() != batches.fields().size()) {
      throw Error(Code::invalid_argument, "load into " + shape_.name + ": " + std::to_string(columns.size()) +
                                              " columns are named, but the rows have " +
                                              std::to_string(batches.fields().size()));
    }
    return columns;
  }

  std::string insert_sql() const {
    std::string names;
    std::string marks;
    for (const std::string& column : columns_) {
      names += (names.empty() ? "" : ", ") + quote_name(shape_.column(column).name);
      marks += marks.empty() ? "?" : ", ?";
    }
    return "INSERT INTO " + quote_name(shape_.name) + " (" + names + ") VALUES (" + marks + ")" + conflict_sql();
  }

  /// What happens to rows whose key is there already.
  std::string conflict_sql() const {
    if (mode_ == SLUICE_LOAD_APPEND) return "";
    std::string key;
    std::string values;
    for (const std::string& column : key_) key += (key.empty() ? "" : ", ") + quote_name(shape_.column(column).name);
    for (const std::string& column : columns_) {
      const bool is_key = std::find_if(key_.begin(), key_.end(), [&](const auto& name) { return same_name(name, column); }) != key_.end();
      const std::string name = quote_name(shape_.column(column).name);
      if (!is_key) values += (values.empty() ? "" : ", ") + name + " = excluded." + name;
    }
    return " ON CONFLICT (" + key + ") DO " + (updates_rows() ? "UPDATE SET " + values : "NOTHING");
  }

  /// Whether rows that are there are changed: there is something beside the key.
  bool updates_rows() const { return mode_ == SLUICE_LOAD_UPSERT && columns_.size() > key_.size(); }

  void insert(const std::vector<ColumnView>& views, int64_t row) {
    for (size_t i = 0; i < views.size(); ++i) {
      const int index = static_cast<int>(i) + 1;
      views[i].is_null(row) ? insert_.bind_null(index) : bind(views, row, i);
    }
    insert_.step();
    insert_.reset();
    const int64_t changed = sqlite3_changes64(handle_);  // not 1: a trigger of the target's may ignore rows
    loaded_.rows += changed;
    // An upsert writes every row: one that is missing then was swallowed, and the engine must see it.
    if (changed == 0 && mode_ != SLUICE_LOAD_APPEND && !updates_rows()) ++loaded_.already_there;
  }

  void bind(const std::vector<ColumnView>& views, int64_t row, size_t column) {
    const ColumnView& view = views[column];
    const int index = static_cast<int>(column) + 1;
    switch (view.type().kind) {
      case Kind::float32:
      case Kind::float64: return bind_real(views, row, column);
      case Kind::text:
      case Kind::json:
      case Kind::number:
        loaded_.bytes += static_cast<int64_t>(view.bytes(row).size());
        return insert_.bind_text(index, view.bytes(row));
      case Kind::binary:
        loaded_.bytes += static_cast<int64_t>(view.bytes(row).size());
        return insert_.bind_blob(index, view.bytes(row));
      case Kind::uint64: return bind_unsigned(views, row, column);
      case Kind::date:
      case Kind::timestamp:
      case Kind::timestamptz:
        if (arrow::is_infinite_time(view, row)) refuse(views, row, column, arrow::value_to_text(view, row) + ", no time for SQLite");
        return bind_as_text(arrow::value_to_text(view, row), column);
      case Kind::decimal:
      case Kind::time:
      case Kind::uuid: return bind_as_text(arrow::value_to_text(view, row), column);
      default: loaded_.bytes += 8; return insert_.bind(index, view.int64(row));
    }
  }

  void bind_as_text(std::string text, size_t column) {
    // Kept until the row is in: short texts are cheaper kept than copied by SQLite.
    texts_[column] = std::move(text);
    loaded_.bytes += static_cast<int64_t>(texts_[column].size());
    insert_.bind_text(static_cast<int>(column) + 1, texts_[column]);
  }

  void bind_real(const std::vector<ColumnView>& views, int64_t row, size_t column) {
    const double value = views[column].float64(row);
    if (std::isnan(value)) refuse(views, row, column, "NaN, which SQLite turns into NULL");
    loaded_.bytes += 8;
    insert_.bind(static_cast<int>(column) + 1, value);
  }

  void bind_unsigned(const std::vector<ColumnView>& views, int64_t row, size_t column) {
    const auto value = static_cast<uint64_t>(views[column].int64(row));
    const bool is_text = shape_.column(columns_[column]).type.affinity == Affinity::text;
    if (is_text) return bind_as_text(std::to_string(value), column);
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      refuse(views, row, column, std::to_string(value) + ", beyond SQLite's integers");
    }
    insert_.bind(static_cast<int>(column) + 1, static_cast<int64_t>(value));
  }

  /// Names the row by its first column, which most often is its key.
  [[noreturn]] void refuse(const std::vector<ColumnView>& views, int64_t row, size_t column, const std::string& found) const {
    constexpr size_t kShown = 60;
    const std::string key = views[0].is_null(row) ? "NULL" : arrow::value_to_text(views[0], row);
    const std::string first(utf8_truncate(key, kShown));
    throw Error(Code::data,
                shape_.name + " (row " + std::to_string(loaded_.rows + 1) + " of the load, " + columns_[0] + " = " + first +
                    "), column " + columns_[column] + ": has " + found,
                "map the column to text, or clean the value in the source");
  }

  sqlite3* handle_;
  TableShape shape_;
  std::vector<std::string> columns_;
  int32_t mode_;
  std::vector<std::string> key_;
  arrow::BatchReader& batches_;
  std::vector<std::string> texts_;
  Statement insert_;
  Loaded loaded_;
};

}  // namespace

Loaded load_rows(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches) {
  session.require_guard("loading");
  return Loader(session, spec, batches).load();
}

}  // namespace sluice::sqlite
