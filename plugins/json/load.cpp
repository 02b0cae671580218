#include "load.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "arrow/text.hpp"
#include "arrow/view.hpp"
#include "base/error.hpp"
#include "base/escape.hpp"
#include "base/units.hpp"
#include "files/part_writer.hpp"
#include "row_text.hpp"
#include "session.hpp"

namespace sluice::json {

namespace {

using arrow::ColumnView;

constexpr int kNone = -1;
/// So much text is gathered before it goes to the part.
constexpr size_t kFlush = size_t{1} << 18;

/// Columns of the objects: all but the one that is a member's key.
std::vector<std::string> names_of(const WrittenTable& table) {
  std::vector<std::string> names;
  for (const arrow::Field& column : table.columns) {
    if (column.name != table.key) names.push_back(column.name);
  }
  return names;
}

/// Loads one stream. Lives for one call.
class Loader {
 public:
  Loader(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches)
      : settings_(session.settings()),
        table_(files::table_to_load(session.home(), spec.table,
                                    file_name({spec.table, {}, "", layout_for_target(settings_), ""}))),
        written_(written_from_description(table_.name, table_.description)),
        batches_(batches),
        given_(files::columns_to_load(spec, batches)),
        places_(files::places_of(written_.columns, given_, table_.name)),
        between_(table_.frame.between.empty() ? "\n" : table_.frame.between),
        text_(names_of(written_), settings_),
        part_(session.home(), table_.id) {}

  files::Loaded load() {
    for (arrow::Array batch = batches_.next(); !batch.empty(); batch = batches_.next()) {
      const std::vector<ColumnView> views = arrow::view_batch(batches_.fields(), *batch);
      for (int64_t row = 0; row < batch->length; ++row) write(views, row);
    }
    // Lines end each record, what stands between others is the frame's, for a part, too.
    if (rows_ > 0 && table_.frame.between.empty()) text_.text() += between_;
    flush();
    part_.commit_chunk(rows_);
    return {rows_, part_.size()};
  }

 private:
  void write(const std::vector<ColumnView>& views, int64_t row) {
    if (rows_++ > 0) text_.text() += between_;
    const size_t begin = text_.text().size();
    if (!written_.key.empty()) write_key(views, row);
    text_.begin_row();
    size_t member = 0;
    for (size_t i = 0; i < places_.size(); ++i) {
      if (written_.columns[i].name != written_.key) write_value(views, row, i, member++);
    }
    text_.end_row();
    check_size(text_.text().size() - begin);
    if (text_.text().size() >= kFlush) flush();
  }

  void write_value(const std::vector<ColumnView>& views, int64_t row, size_t column, size_t member) {
    const int place = places_[column];
    if (place == kNone || views[static_cast<size_t>(place)].is_null(row)) return text_.put_null(member);
    try {
      text_.put_value(member, views[static_cast<size_t>(place)], row);
    } catch (const Error& error) {
      throw error.with_prefix(place_of(views, row, column));
    }
  }

  void write_key(const std::vector<ColumnView>& views, int64_t row) {
    const auto found = std::find_if(written_.columns.begin(), written_.columns.end(),
                                    [&](const arrow::Field& column) { return column.name == written_.key; });
    const auto column = static_cast<size_t>(found - written_.columns.begin());
    const int place = places_[column];
    if (place == kNone || views[static_cast<size_t>(place)].is_null(row)) {
      throw Error(Code::data, place_of(views, row, column) + "NULL can't be the key of a member", "take shape = \"ndjson\"");
    }
    try {
      text_.put_member_key(views[static_cast<size_t>(place)], row);
    } catch (const Error& error) {
      throw error.with_prefix(place_of(views, row, column));
    }
  }

  /// The row by its first column, which most often is its key.
  std::string place_of(const std::vector<ColumnView>& views, int64_t row, size_t column) const {
    constexpr size_t kMostShown = 40;
    const std::string first =
        views[0].is_null(row) ? "NULL" : escape_terminal(arrow::value_to_text(views[0], row).substr(0, kMostShown));
    return table_.name + " (row " + std::to_string(rows_) + " of the load, " + given_[0] + " = " + first + "), column " +
           written_.columns[column].name + ": ";
  }

  /// What is written must be readable again.
  void check_size(size_t bytes) const {
    if (static_cast<int64_t>(bytes) <= settings_.max_record) return;
    throw Error(Code::data,
                table_.name + ": row " + std::to_string(rows_) + " of the load is a record of more than " +
                    size_to_text(settings_.max_record),
                "raise the option max_record, also where the file is read");
  }

  void flush() {
    part_.write(text_.text());
    text_.text().clear();
  }

  const Settings& settings_;
  files::Table table_;
  WrittenTable written_;
  arrow::BatchReader& batches_;
  std::vector<std::string> given_;
  std::vector<int> places_;
  std::string between_;
  RowText text_;
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

}  // namespace sluice::json
