#include "read.hpp"

#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "classes.hpp"
#include "key_range.hpp"
#include "row_walker.hpp"
#include "segments.hpp"
#include "session.hpp"
#include "strings.hpp"
#include "value_writer.hpp"

namespace sluice::json {

namespace {

constexpr int64_t kDefaultRows = 8192;
constexpr int64_t kDefaultBytes = 4 << 20;

std::vector<const Column*> columns_of(const Table& table, const sdk::ReadSpec& spec) {
  std::vector<const Column*> columns;
  for (const std::string& name : spec.columns) columns.push_back(&find_column(table, name));
  return columns;
}

std::vector<arrow::Field> fields_of(const std::vector<const Column*>& columns, const sdk::ReadSpec& spec) {
  std::vector<arrow::Field> fields;
  for (size_t i = 0; i < columns.size(); ++i) {
    const arrow::Type type = spec.wanted.empty() ? columns[i]->carrier() : spec.wanted[i].type;
    fields.push_back({columns[i]->name, type, true, columns[i]->seen.native()});
  }
  return fields;
}

/// Turns records into batches.
class RowReader : public arrow::BatchReader {
 public:
  RowReader(Session& session, std::shared_ptr<const Scan> scan, const sdk::ReadSpec& spec)
      : settings_(session.settings()),
        scan_(std::move(scan)),
        table_(scan_->find(spec.table)),
        columns_(columns_of(table_, spec)),
        parser_(settings_.max_depth),
        key_(key_range_of(table_, spec)),
        records_(*scan_, table_, settings_, positions_of(table_, spec), session.checker()),
        writer_(fields_of(columns_, spec), [this] { return records_.name(record_); }),
        most_rows_(spec.batch_rows > 0 ? spec.batch_rows : kDefaultRows),
        most_bytes_(spec.batch_bytes > 0 ? spec.batch_bytes : kDefaultBytes),
        rejects_(spec.rejects) {
    add_level(table_);
  }

  const std::vector<arrow::Field>& fields() const override { return writer_.fields(); }

  arrow::Array next() override {
    int64_t rows = 0;
    while (rows < most_rows_ && writer_.bytes() < most_bytes_ && next_row()) {
      if (rejects_ != nullptr && !fits()) continue;
      write_row(writer_);
      ++rows;
    }
    return rows == 0 ? arrow::Array() : writer_.finish();
  }

 private:
  /// The records of a table: those of the file, or elements of an array in the records of the level before.
  struct Level {
    Level(const Table& of, const Settings& settings, RecordParser& parser)
        : table(of), walker(of.tree, settings, parser) {}

    const Table& table;
    RowWalker walker;
    std::vector<Value> elements;
    size_t element = 0;  // behind the one that the walker has
  };

  /// The table's parents come first.
  void add_level(const Table& table) {
    if (table.parent >= 0) add_level(scan_->tables[static_cast<size_t>(table.parent)]);
    levels_.emplace_back(table, settings_, parser_);
  }

  bool next_row() {
    while (advance(levels_.size() - 1)) {
      if (!key_ || is_in_range()) return true;
    }
    return false;
  }

  bool is_in_range() {
    const Column& column = *key_->column;
    const Level& level = levels_[levels_.size() - 1 - static_cast<size_t>(column.up)];
    int64_t key = static_cast<int64_t>(level.element);
    if (column.origin == Origin::ordinal) return key_->has(key);
    const Value* value = column.origin == Origin::field ? level.walker.find_cell(column.node) : nullptr;
    const std::string_view text = value != nullptr ? value->raw : record_.key;
    const bool is_null =
        column.origin == Origin::field ? value == nullptr || value->kind == Kind::null : !record_.has_key;
    if (is_null) return false;
    if (integer_from_token(text, key)) return key_->has(key);
    throw Error(Code::data,
                records_.name(record_) + ", column " + column.name + ": expected an integer key, found " + shown(text));
  }

  /// Brings a level to its next record.
  bool advance(size_t at) {
    Level& level = levels_[at];
    if (at == 0) return next_record(level);
    while (level.element >= level.elements.size()) {
      if (!advance(at - 1)) return false;
      find_elements(levels_[at - 1], level);
    }
    const Value& element = level.elements[level.element++];
    check_child(records_.window(), record_, element, levels_[at - 1].table.tree.node(level.table.split).key);
    return walk(level.walker, element.raw);
  }

  bool next_record(Level& level) {
    for (;;) {
      try {
        return records_.next(record_) && walk(level.walker, record_.text);
      } catch (const Error& error) {
        files::Unreadable passed;
        // Nobody knows which range of a key a record belongs to that can't be read.
        const bool is_kept = rejects_ != nullptr && !key_ && error.code() == Code::data;
        if (!is_kept || !records_.pass_over(passed)) throw;
        files::reject_unreadable(*rejects_, error, passed);
      }
    }
  }

  bool walk(RowWalker& walker, std::string_view text) {
    if (!walker.walk(text)) fail_in_record(records_.window(), record_.text_at, record_.text, settings_.max_depth);
    return true;
  }

  void find_elements(const Level& parent, Level& level) {
    level.elements.clear();
    level.element = 0;
    const Value* array = parent.walker.find(level.table.split);
    if (array == nullptr || array->kind == Kind::null) return;
    check_array(records_.window(), record_, *array, parent.table.tree.node(level.table.split).key);
    if (!parser_.parse_array(array->raw, level.elements)) {
      fail_in_record(records_.window(), record_.text_at, record_.text, settings_.max_depth);
    }
  }

  /// Tries the row in a batch of its own, since a row can't be taken back from a batch.
  bool fits() {
    ValueWriter trial(writer_.fields(), [this] { return records_.name(record_); });
    try {
      write_row(trial);
      return true;
    } catch (const Error& error) {
      if (error.code() != Code::data) throw;
      // As a text: what a JSON parser makes of long numbers is not what the file says.
      const std::string row = nlohmann::json{{"record", record_.text}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      sdk::reject(*rejects_, error, records_.name(record_), "", row);
      return false;
    }
  }

  void write_row(ValueWriter& writer) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Column& column = *columns_[i];
      const Level& level = levels_[levels_.size() - 1 - static_cast<size_t>(column.up)];
      switch (column.origin) {
        case Origin::field: writer.append(i, level.walker.find_cell(column.node), column.form); break;
        case Origin::ordinal: writer.append_integer(i, static_cast<int64_t>(level.element)); break;
        case Origin::key: write_key(writer, i); break;
      }
    }
  }

  void write_key(ValueWriter& writer, size_t column) {
    if (!record_.has_key) return writer.append(column, nullptr, Form::text);
    writer.append_text(column, record_.key);
  }

  const Settings& settings_;
  std::shared_ptr<const Scan> scan_;
  const Table& table_;
  std::vector<const Column*> columns_;
  RecordParser parser_;
  std::deque<Level> levels_;
  std::optional<KeyRange> key_;
  RecordStream records_;
  Record record_;
  ValueWriter writer_;
  int64_t most_rows_;
  int64_t most_bytes_;
  const sluice_reject_sink* rejects_;
};

}  // namespace

std::unique_ptr<arrow::BatchReader> read_rows(Session& session, const sdk::ReadSpec& spec) {
  if (spec.columns.empty()) throw Error(Code::invalid_argument, "read of " + spec.table + ": no columns are named");
  if (!spec.where.empty()) {
    throw Error(Code::unsupported,
                "read of " + spec.table + ": JSON files have no language for a condition: " + spec.where,
                "copy everything and filter in the target");
  }
  return std::make_unique<RowReader>(session, session.scan(), spec);
}

}  // namespace sluice::json
