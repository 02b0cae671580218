#include "read.hpp"

#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "row_walker.hpp"
#include "segments.hpp"
#include "session.hpp"
#include "value_writer.hpp"

namespace sluice::json {

namespace {

constexpr int64_t kDefaultRows = 8192;
constexpr int64_t kDefaultBytes = 4 << 20;

const Column& find_column(const Table& table, const std::string& name) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) {
    if (column.name == name) return column;
    names.push_back(column.name);
  }
  throw Error(Code::not_found, table.name + ": there is no column " + name, did_you_mean(name, names));
}

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
        walker_(table_.tree, settings_, parser_),
        records_(*scan_, table_, settings_, range_of(spec), session.checker()),
        writer_(fields_of(columns_, spec), [this] { return records_.name(record_); }),
        most_rows_(spec.batch_rows > 0 ? spec.batch_rows : kDefaultRows),
        most_bytes_(spec.batch_bytes > 0 ? spec.batch_bytes : kDefaultBytes) {
    if (table_.parent >= 0) parent_.emplace(scan_->tables[static_cast<size_t>(table_.parent)].tree, settings_, parser_);
  }

  const std::vector<arrow::Field>& fields() const override { return writer_.fields(); }

  arrow::Array next() override {
    int64_t rows = 0;
    while (rows < most_rows_ && writer_.bytes() < most_bytes_ && next_row()) {
      write_row();
      ++rows;
    }
    return rows == 0 ? arrow::Array() : writer_.finish();
  }

 private:
  static PositionRange range_of(const sdk::ReadSpec& spec) {
    PositionRange range;
    for (const auto* bound : {&spec.lower, &spec.upper}) {
      if (bound->empty()) continue;
      if (bound->size() != 1 || bound->front().type != SLUICE_KEY_LOCAL) {
        throw Error(Code::unsupported, "read of " + spec.table + ": JSON files are cut by positions of records only");
      }
      (bound == &spec.lower ? range.lower : range.upper) = bound->front().integer;
    }
    return range;
  }

  /// Brings the walker to the next row.
  bool next_row() {
    if (!parent_) return records_.next(record_) && walk(walker_, record_.text);
    while (element_ >= elements_.size()) {
      if (!records_.next(record_)) return false;
      walk(*parent_, record_.text);
      find_elements();
    }
    check_child(records_.window(), record_, elements_[element_], split_field());
    return walk(walker_, elements_[element_++].raw);
  }

  bool walk(RowWalker& walker, std::string_view text) {
    if (!walker.walk(text)) fail_in_record(records_.window(), record_.text_at, record_.text, settings_.max_depth);
    return true;
  }

  const std::string& split_field() const {
    return scan_->tables[static_cast<size_t>(table_.parent)].tree.node(table_.split).key;
  }

  void find_elements() {
    elements_.clear();
    element_ = 0;
    const Value* array = parent_->find(table_.split);
    if (array == nullptr || array->kind == Kind::null) return;
    if (array->kind != Kind::array) check_child(records_.window(), record_, *array, split_field());
    if (!parser_.parse_array(array->raw, elements_)) {
      fail_in_record(records_.window(), record_.text_at, record_.text, settings_.max_depth);
    }
  }

  void write_row() {
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Column& column = *columns_[i];
      switch (column.origin) {
        case Origin::field: writer_.append(i, walker_.find_cell(column.node), column.form); break;
        case Origin::parent_field: writer_.append(i, parent_->find_cell(column.node), column.form); break;
        case Origin::ordinal: writer_.append_integer(i, static_cast<int64_t>(element_)); break;
        default: write_key(i);
      }
    }
  }

  void write_key(size_t column) {
    if (!record_.has_key) return writer_.append(column, nullptr, Form::text);
    writer_.append_text(column, record_.key);
  }

  const Settings& settings_;
  std::shared_ptr<const Scan> scan_;
  const Table& table_;
  std::vector<const Column*> columns_;
  RecordParser parser_;
  RowWalker walker_;
  std::optional<RowWalker> parent_;
  RecordStream records_;
  Record record_;
  std::vector<Value> elements_;  // of the split array in the record
  size_t element_ = 0;
  ValueWriter writer_;
  int64_t most_rows_;
  int64_t most_bytes_;
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
