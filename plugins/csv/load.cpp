#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "arrow/text.hpp"
#include "base/error.hpp"
#include "base/escape.hpp"
#include "base/nearest.hpp"
#include "description.hpp"
#include "files/part_writer.hpp"
#include "files/tables.hpp"
#include "session.hpp"
#include "writer.hpp"

namespace sluice::csv {

namespace {

using arrow::ColumnView;
using arrow::Kind;

bool is_text(Kind kind) { return kind == Kind::text || kind == Kind::json || kind == Kind::number; }

files::Table require_table(Session& session, const std::string& name) {
  auto table = files::find_table(session.home(), name);
  if (table && !table->is_published()) return *std::move(table);
  const std::string file = session.path() + "/" + name + ".csv";
  if (table || !files::identity_of(file).empty()) {
    throw Error(Code::already_exists,
                file + ": there is a file already, and files are only written whole, never appended to",
                "move it away, or name another directory");
  }
  throw Error(Code::not_found, session.path() + " has no table " + name + " to load into",
              "make it with schema.create");
}

/// Which column of the stream goes to each column of the table; -1: none, which is NULL.
std::vector<int> places_of(const std::vector<arrow::Field>& columns, const std::vector<std::string>& given,
                           const std::string& table) {
  std::vector<int> places(columns.size(), -1);
  std::vector<std::string> known;
  for (const arrow::Field& column : columns) known.push_back(column.name);
  for (size_t i = 0; i < given.size(); ++i) {
    const auto found = std::find(known.begin(), known.end(), given[i]);
    if (found == known.end()) {
      throw Error(Code::not_found, "table " + table + " has no column " + given[i], did_you_mean(given[i], known));
    }
    places[static_cast<size_t>(found - known.begin())] = static_cast<int>(i);
  }
  return places;
}

/// Loads one stream. Lives for one call.
class Loader {
 public:
  Loader(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches)
      : table_(require_table(session, spec.table)),
        batches_(batches),
        columns_(given_columns(spec, batches)),
        places_(places_of(columns_from_description(table_.description), columns_, table_.name)),
        writer_(session.dialect().for_file(table_.file)),
        part_(session.home(), table_.id) {}

  Loaded load() {
    for (arrow::Array batch = batches_.next(); !batch.empty(); batch = batches_.next()) {
      const std::vector<ColumnView> views = arrow::view_batch(batches_.fields(), *batch);
      for (int64_t row = 0; row < batch->length; ++row) write(views, row);
      part_.write(writer_.text());
      writer_.text().clear();
    }
    part_.commit_chunk(rows_);
    return {rows_, part_.size()};
  }

 private:
  static std::vector<std::string> given_columns(const sdk::LoadSpec& spec, const arrow::BatchReader& batches) {
    std::vector<std::string> columns = spec.columns;
    if (columns.empty()) {
      for (const arrow::Field& field : batches.fields()) columns.push_back(field.name);
    }
    if (columns.size() == batches.fields().size()) return columns;
    throw Error(Code::invalid_argument, "load into " + spec.table + ": " + std::to_string(columns.size()) +
                                            " columns are named, but the rows have " +
                                            std::to_string(batches.fields().size()));
  }

  void write(const std::vector<ColumnView>& views, int64_t row) {
    ++rows_;
    writer_.begin_row();
    for (const int place : places_) {
      if (place < 0 || views[static_cast<size_t>(place)].is_null(row)) {
        writer_.put_null();
      } else {
        put(views, row, static_cast<size_t>(place));
      }
    }
    writer_.end_row();
  }

  void put(const std::vector<ColumnView>& views, int64_t row, size_t column) {
    const ColumnView& view = views[column];
    if (is_text(view.type().kind)) {
      const std::string_view text = view.bytes(row);
      if (std::memchr(text.data(), 0, text.size()) != nullptr) refuse(views, row, column, "a NUL byte");
      if (!arrow::is_valid_utf8(text)) refuse(views, row, column, "bytes that are not UTF-8");
    }
    try {
      writer_.put_value(view, row);
    } catch (const Error& error) {
      throw error.with_prefix(place(views, row, column) + ": ");
    }
  }

  /// The row by its first column, which most often is its key.
  std::string place(const std::vector<ColumnView>& views, int64_t row, size_t column) const {
    const std::string first = views[0].is_null(row) ? "NULL" : shown(views[0], row);
    return table_.name + " (row " + std::to_string(rows_) + " of the load, " + columns_[0] + " = " + first + "), column " +
           columns_[column];
  }

  static std::string shown(const ColumnView& view, int64_t row) {
    constexpr size_t kShown = 60;
    return escape_terminal(arrow::value_to_text(view, row).substr(0, kShown));
  }

  [[noreturn]] void refuse(const std::vector<ColumnView>& views, int64_t row, size_t column, const std::string& found) const {
    throw Error(Code::data,
                place(views, row, column) + ": '" + shown(views[column], row) + "' has " + found + ", which a CSV file can't hold",
                "map the column to binary, or clean the value in the source");
  }

  files::Table table_;
  arrow::BatchReader& batches_;
  std::vector<std::string> columns_;
  std::vector<int> places_;
  RowWriter writer_;
  files::PartWriter part_;
  int64_t rows_ = 0;
};

}  // namespace

Loaded load_rows(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches) {
  session.require_target("loading");
  session.home().require_guard("loading");
  sdk::require_append(spec);
  return Loader(session, spec, batches).load();
}

}  // namespace sluice::csv
