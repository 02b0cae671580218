#include "copy/convert.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "arrow/slice.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "copy/batch_parts.hpp"
#include "copy/cast_chain.hpp"
#include "copy/convert_cast.hpp"
#include "copy/halve.hpp"

namespace sluice::copy {

namespace {

using arrow::Kind;
using arrow::Type;

const Type& carrier_of(const catalog::ColumnMapping& column, Side side) {
  return side == Side::source ? column.source_carrier : column.target_carrier;
}

const std::string& name_of(const catalog::ColumnMapping& column, Side side) {
  return side == Side::source ? column.source : column.target;
}

bool is_bytes(Kind kind) {
  return kind == Kind::text || kind == Kind::binary || kind == Kind::json || kind == Kind::number;
}

/// Whether the Arrow buffers of both types are the same.
bool same_form(const Type& from, const Type& to) {
  if (is_bytes(from.kind) && is_bytes(to.kind)) return true;
  return from.kind == to.kind && from.precision == to.precision && from.scale == to.scale;
}

class ConvertedReader : public arrow::BatchReader {
 public:
  ConvertedReader(std::unique_ptr<arrow::BatchReader> inner, const catalog::TableMapping& table, Side side)
      : inner_(std::move(inner)), fields_(compare_fields(side == Side::source ? table.before_transforms() : table)), converter_(table, side) {}

  const std::vector<arrow::Field>& fields() const override { return fields_; }
  arrow::Array next() override {
    arrow::Array batch = inner_->next();
    return batch.empty() ? std::move(batch) : converter_.convert(std::move(batch));
  }

 private:
  std::unique_ptr<arrow::BatchReader> inner_;
  std::vector<arrow::Field> fields_;
  Converter converter_;
};

/// The same without the rows that can't be converted.
class PassingOverReader : public arrow::BatchReader {
 public:
  PassingOverReader(std::unique_ptr<arrow::BatchReader> inner, const catalog::TableMapping& table, Side side)
      : inner_(std::move(inner)), table_(table), side_(side), fields_(compare_fields(side == Side::source ? table.before_transforms() : table)) {}

  const std::vector<arrow::Field>& fields() const override { return fields_; }
  arrow::Array next() override {
    while (pieces_.empty()) {
      auto batch = std::make_shared<const arrow::Array>(inner_->next());
      if (batch->empty()) return {};
      halve({0, (*batch)->length}, [&](Span span) { convert(batch, span); }, [](int64_t, const Error&) {});
    }
    arrow::Array piece = std::move(pieces_.front());
    pieces_.pop_front();
    return piece;
  }

 private:
  void convert(const std::shared_ptr<const arrow::Array>& batch, Span span) {
    if (!converter_) converter_.emplace(table_, side_);
    try {
      pieces_.push_back(converter_->convert(arrow::slice(batch, span.first, span.rows)));
    } catch (...) {
      converter_.reset();  // it holds a part of the batch
      throw;
    }
  }

  std::unique_ptr<arrow::BatchReader> inner_;
  const catalog::TableMapping& table_;
  Side side_;
  std::vector<arrow::Field> fields_;
  std::optional<Converter> converter_;
  std::deque<arrow::Array> pieces_;
};

}  // namespace

bool is_integer(Kind kind) { return kind >= Kind::int8 && kind <= Kind::uint64; }
bool is_float(Kind kind) { return kind == Kind::float32 || kind == Kind::float64; }

std::string RowPlace::key(int64_t row) const {
  std::string key;
  for (const std::string& name : table_.key) {
    for (size_t i = 0; i < table_.columns.size(); ++i) {
      if (table_.columns[i].target != name) continue;
      const std::string value = views_[i].is_null(row) ? "NULL" : arrow::value_to_text(views_[i], row);
      key += (key.empty() ? "" : ", ") + name_of(table_.columns[i], side_) + "=" + value;
    }
  }
  return key;
}

std::string RowPlace::describe(int64_t row) const {
  const std::string key = this->key(row);
  const std::string& table = side_ == Side::source ? table_.source_table : table_.target_table;
  return key.empty() ? table : table + " (" + key + ")";
}

void ColumnCast::refuse(int64_t row, const std::string& expected) const {
  constexpr size_t kShown = 200;
  std::string value = arrow::value_to_text(in, row);
  if (value.size() > kShown) value = value.substr(0, kShown) + "...";
  const bool is_named = step != nullptr && !step->call.name.empty();
  const std::string label = is_named ? "cast." + step->call.name + ": " : "";
  throw Error(Code::data, place.describe(row) + ", column " + name + ": " + label + "expected " + expected + ", found '" + value + "'",
              is_named ? "put a cast before it that takes such values out, or clean the value"
                       : "map the column to a type that holds it, or clean the value");
}

CastFunction find_cast_function(catalog::Cast cast, const Type& from, const Type& to) {
  if (cast == catalog::Cast::none && same_form(from, to)) return nullptr;
  CastFunction function = find_text_cast(cast, from, to);
  if (function == nullptr) function = find_number_cast(cast, from, to);
  if (function != nullptr) return function;
  throw Error(Code::internal, std::string("cast ") + catalog::to_text(cast) + " does not bring " +
                                  arrow::to_text(from) + " to " + arrow::to_text(to));
}

std::vector<arrow::Field> carrier_fields(const catalog::TableMapping& table, Side side) {
  if (side == Side::source && table.has_transforms()) return carrier_fields(table.before_transforms(), side);
  std::vector<arrow::Field> fields;
  for (const catalog::ColumnMapping& column : table.columns) {
    fields.push_back({.name = name_of(column, side), .type = carrier_of(column, side), .nullable = column.nullable});
  }
  return fields;
}

std::vector<arrow::Field> compare_fields(const catalog::TableMapping& table) {
  std::vector<arrow::Field> fields;
  for (const catalog::ColumnMapping& column : table.columns) {
    fields.push_back({.name = column.target, .type = column.compare, .nullable = column.nullable});
  }
  return fields;
}

std::vector<std::string> column_names(const catalog::TableMapping& table, Side side) {
  if (side == Side::source && table.has_transforms()) return column_names(table.before_transforms(), side);
  std::vector<std::string> names;
  for (const catalog::ColumnMapping& column : table.columns) names.push_back(name_of(column, side));
  return names;
}

struct Converter::Impl {
  catalog::TableMapping table;
  Side side;
  std::vector<arrow::Field> carriers;
  std::vector<CastChain> columns;
  bool changes_nothing = true;
};

Converter::Converter(const catalog::TableMapping& table, Side side) : impl_(std::make_unique<Impl>()) {
  const bool is_before_transforms = side == Side::source && table.has_transforms();
  impl_->table = is_before_transforms ? table.before_transforms() : table;
  impl_->side = side;
  impl_->carriers = carrier_fields(impl_->table, side);
  for (const catalog::ColumnMapping& column : impl_->table.columns) {
    try {
      impl_->columns.emplace_back(column, side);
    } catch (const Error& error) {
      throw error.with_prefix(table.target_table + "." + column.target + ": ");
    }
    if (!impl_->columns.back().is_empty()) impl_->changes_nothing = false;
  }
}

Converter::~Converter() = default;

arrow::Array Converter::convert(arrow::Array batch) {
  const std::vector<arrow::ColumnView> views = arrow::view_batch(impl_->carriers, *batch);
  if (impl_->changes_nothing) return batch;
  const RowPlace place(impl_->table, impl_->side, views);
  std::vector<arrow::Array> columns(impl_->columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    CastChain& chain = impl_->columns[i];
    if (!chain.is_empty()) chain.run(place, impl_->carriers[i].name, views[i], columns[i].receive());
  }
  const int64_t rows = batch->length;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (impl_->columns[i].is_empty()) columns[i] = take_child(*batch.get(), i);
  }
  return make_batch(std::move(columns), rows);
}

std::unique_ptr<arrow::BatchReader> converted(std::unique_ptr<arrow::BatchReader> inner,
                                              const catalog::TableMapping& table, Side side, Unfit unfit) {
  if (unfit == Unfit::passed_over) return std::make_unique<PassingOverReader>(std::move(inner), table, side);
  return std::make_unique<ConvertedReader>(std::move(inner), table, side);
}

}  // namespace sluice::copy
