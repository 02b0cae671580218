#include <cstring>
#include <string>
#include <vector>

#include "arrow/text.hpp"
#include "base/error.hpp"
#include "base/escape.hpp"
#include "description.hpp"
#include "files/part_writer.hpp"
#include "session.hpp"
#include "writer.hpp"

namespace sluice::csv {

namespace {

using arrow::ColumnView;
using arrow::Kind;

bool is_text(Kind kind) { return kind == Kind::text || kind == Kind::json || kind == Kind::number; }

/// Loads one stream. Lives for one call.
class Loader {
 public:
  Loader(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches)
      : table_(files::table_to_load(session.home(), spec.table, spec.table + ".csv")),
        batches_(batches),
        columns_(files::columns_to_load(spec, batches)),
        places_(files::places_of(columns_from_description(table_.description), columns_, table_.name)),
        writer_(session.dialect().for_file(table_.file)),
        part_(session.home(), table_.id) {}

  files::Loaded load() {
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

files::Loaded load_rows(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches) {
  session.require_target("loading");
  session.home().require_guard("loading");
  sdk::require_append(spec);
  return Loader(session, spec, batches).load();
}

}  // namespace sluice::csv
