#include "copy/transform_stage.hpp"

#include <algorithm>
#include <utility>

#include "arrow/text.hpp"
#include "copy/batch_parts.hpp"
#include "copy/convert.hpp"
#include "copy/rejects.hpp"

namespace sluice::copy {

namespace {

using workflow::Made;
using workflow::MadeColumn;
using workflow::MadeRows;

constexpr size_t kShown = 200;

int find_input(const catalog::TableMapping& before, const std::string& source) {
  const auto found = std::ranges::find(before.columns, source, &catalog::ColumnMapping::source);
  return source.empty() || found == before.columns.end() ? -1 : static_cast<int>(found - before.columns.begin());
}

class TransformedReader : public arrow::BatchReader {
 public:
  TransformedReader(std::unique_ptr<arrow::BatchReader> inner, const catalog::TableMapping& table, workflow::TableTransform& transform,
                    OnRowError on_error)
      : inner_(std::move(inner)), fields_(compare_fields(table)), stage_(table, transform, std::move(on_error)) {}

  const std::vector<arrow::Field>& fields() const override { return fields_; }
  arrow::Array next() override {
    for (;;) {
      arrow::Array made = stage_.next();
      if (!made.empty()) return made;
      arrow::Array batch = inner_->next();
      if (batch.empty()) return batch;
      stage_.take(std::move(batch));
    }
  }

 private:
  std::unique_ptr<arrow::BatchReader> inner_;
  std::vector<arrow::Field> fields_;
  TransformStage stage_;
};

MadeValue value_at(const MadeColumn& column, int64_t i, const char* bytes) {
  MadeValue value{column.tag(i), column.values[i], {}};
  if (value.tag == Made::text) value.text = {bytes + value.bits, column.sizes[i]};
  return value;
}

bool has_any(const MadeColumn& column, int64_t count) {
  return column.tags != nullptr && std::any_of(column.tags, column.tags + count, [](uint8_t tag) { return tag != 0; });
}

bool is_made(const MadeRows& rows, size_t index) {
  return rows.by_origin[index].tags != nullptr || has_any(rows.by_row[index], rows.count);
}

}  // namespace

TransformStage::TransformStage(const catalog::TableMapping& table, workflow::TableTransform& transform,
                               OnRowError on_error)
    : table_(table),
      before_(table.before_transforms()),
      transform_(transform),
      on_error_(std::move(on_error)),
      fields_(compare_fields(before_)) {
  const std::vector<arrow::Field> fields = compare_fields(table_);
  for (size_t i = 0; i < fields.size(); ++i) {
    columns_.push_back(
        {find_input(before_, table_.columns[i].source), MadeValueWriter(fields[i]), arrow::ColumnBuilder(fields[i])});
  }
}

void TransformStage::take(arrow::Array batch) {
  batch_ = std::move(batch);
  views_ = arrow::view_batch(fields_, *batch_);
  rejected_.assign(static_cast<size_t>(batch_->length), false);
  transform_.begin(*batch_, [this](const workflow::TransformFault& fault) { report(fault); });
}

arrow::Array TransformStage::next() {
  MadeRows rows;
  while (!batch_.empty() && transform_.next(rows)) {
    counts_.filtered += rows.filtered;
    arrow::Array made = build(rows);
    if (made->length > 0) return made;
  }
  batch_.reset();
  return {};
}

void TransformStage::reject(int64_t row, const Error& error) {
  if (!on_error_ || !is_fault_of_rows(error)) throw error;
  on_error_(row, error);
  rejected_[static_cast<size_t>(row)] = true;
  ++counts_.rejected;
}

/// ", value '12'": what the column held before, where it was read.
std::string TransformStage::source_value(int64_t row, int column) const {
  if (column < 0 || columns_[static_cast<size_t>(column)].input < 0) return "";
  const arrow::ColumnView& view = views_[static_cast<size_t>(columns_[static_cast<size_t>(column)].input)];
  if (view.is_null(row)) return ", value NULL";
  std::string text = arrow::value_to_text(view, row);
  if (text.size() > kShown) text = text.substr(0, kShown) + "...";
  return ", value '" + text + "'";
}

void TransformStage::report(const workflow::TransformFault& fault) {
  const RowPlace place(before_, Side::source, views_);
  const std::string column =
      fault.column < 0 ? "" : ", column " + table_.columns[static_cast<size_t>(fault.column)].target;
  reject(fault.row,
         fault.error.with_prefix(place.describe(fault.row) + column + source_value(fault.row, fault.column) + ": "));
}

void TransformStage::refuse(int64_t row, size_t index, const MadeValue& value, const char* expected) const {
  const catalog::ColumnMapping& column = table_.columns[index];
  const catalog::TransformRef& ref = column.transform ? column.transform : table_.row;
  const RowPlace place(before_, Side::source, views_);
  throw Refusal{
      row, Error(Code::data,
                 place.describe(row) + ", column " + column.target + source_value(row, static_cast<int>(index)) + ": " +
                     ref.id + " returned " + to_text(value) + ", expected " + expected,
                 "return a value that fits, or give the column another type in the map's types", ref.where)};
}

arrow::Array TransformStage::build(const MadeRows& rows) {
  for (;;) {
    select_rows(rows);
    if (wanted_.empty()) return make_batch({}, 0);
    try {
      std::vector<arrow::Array> columns(columns_.size());
      for (size_t i = 0; i < columns_.size(); ++i) {
        if (!stays(rows, i)) columns[i] = build_column(rows, i);
      }
      // Nothing is refused from here on, so the batch, which messages quote, may lose its columns.
      for (size_t i = 0; i < columns_.size(); ++i) {
        if (columns[i].empty()) columns[i] = take_child(*batch_.get(), static_cast<size_t>(columns_[i].input));
      }
      return make_batch(std::move(columns), static_cast<int64_t>(wanted_.size()));
    } catch (const Refusal& refusal) {
      for (Column& column : columns_) column.builder = arrow::ColumnBuilder(column.builder.field());
      reject(refusal.row, refusal.error);
    }
  }
}

void TransformStage::select_rows(const MadeRows& rows) {
  wanted_.clear();
  is_whole_ = rows.count == batch_->length;
  for (int64_t i = 0; i < rows.count; ++i) {
    const int32_t origin = rows.origin[i];
    is_whole_ = is_whole_ && origin == i && !rejected_[static_cast<size_t>(origin)];
    if (origin >= 0 && !rejected_[static_cast<size_t>(origin)]) wanted_.push_back(i);
  }
}

void TransformStage::append_made(const MadeRows& rows, int64_t at, size_t index) {
  Column& column = columns_[index];
  const int64_t origin = rows.origin[at];
  const MadeColumn& by_row = rows.by_row[index];
  const MadeColumn& by_origin = rows.by_origin[index];
  MadeValue value{Made::nothing, 0, {}};
  if (by_row.tags != nullptr) value = value_at(by_row, at, rows.bytes);
  if (value.tag == Made::nothing && by_origin.tags != nullptr) value = value_at(by_origin, origin, rows.bytes);
  if (value.tag == Made::nothing) return append_same(views_[static_cast<size_t>(column.input)], origin, column.builder);
  if (const char* expected = column.writer.append(value, column.builder)) refuse(origin, index, value, expected);
}

bool TransformStage::stays(const MadeRows& rows, size_t index) const { return is_whole_ && !is_made(rows, index); }

arrow::Array TransformStage::build_column(const MadeRows& rows, size_t index) {
  Column& column = columns_[index];
  arrow::Array out;
  const bool made = is_made(rows, index);
  for (const int64_t at : wanted_) {
    if (made) {
      append_made(rows, at, index);
    } else {
      append_same(views_[static_cast<size_t>(column.input)], rows.origin[at], column.builder);
    }
  }
  column.builder.finish(out.receive());
  return out;
}

std::unique_ptr<arrow::BatchReader> transformed(std::unique_ptr<arrow::BatchReader> inner, const catalog::TableMapping& table,
                                                workflow::TableTransform& transform, OnRowError on_error) {
  return std::make_unique<TransformedReader>(std::move(inner), table, transform, std::move(on_error));
}

}  // namespace sluice::copy
