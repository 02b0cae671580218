#include "script/transform_columns.hpp"

#include <algorithm>
#include <new>
#include <numeric>
#include <utility>

#include "arrow/text.hpp"

namespace sluice::script {
namespace {

using arrow::Kind;

constexpr size_t kFirstRows = 8192 + 2;  // what transform.lua makes before it looks at the capacity
constexpr size_t kFirstBytes = 1 << 16;
constexpr int64_t kMostBytes = int64_t{256} << 20;
constexpr int64_t kMostRows = 1 << 22;

/// Bytes of a fixed-width value; 0: bits.
int64_t width_of(Kind kind) {
  switch (kind) {
    case Kind::boolean: return 0;
    case Kind::int8:
    case Kind::uint8: return 1;
    case Kind::int16:
    case Kind::uint16: return 2;
    case Kind::int64:
    case Kind::uint64:
    case Kind::float64:
    case Kind::time:
    case Kind::timestamp:
    case Kind::timestamptz: return 8;
    case Kind::decimal:
    case Kind::uuid: return 16;
    default: return 4;  // int32, uint32, float32, date, offsets of texts
  }
}

InColumn point_in(const arrow::Field& field, const ArrowArray& array, int64_t skipped, const arrow::ColumnView& view) {
  const int64_t offset = array.offset + skipped;
  InColumn column{};
  column.validity = static_cast<const uint8_t*>(array.buffers[0]);
  column.has_nulls = array.null_count != 0 && column.validity != nullptr ? 1 : 0;
  column.first_bit = static_cast<int32_t>(offset);
  column.values = static_cast<const char*>(array.buffers[1]) + offset * width_of(field.type.kind);
  if (array.n_buffers > 2) column.data = static_cast<const char*>(array.buffers[2]);
  column.view = &view;
  return column;
}

/// No exception may pass through Lua's compiled code.
template <typename Work>
int32_t without_exceptions(const Work& work) noexcept {
  try {
    work();
    return 1;
  } catch (const std::exception&) {
    return 0;
  }
}

}  // namespace

void ResultColumn::resize(size_t rows) {
  tags_.resize(rows);
  values_.resize(rows);
  sizes_.resize(rows);
}

void ResultColumn::clear(size_t from, size_t to) {
  std::fill(tags_.begin() + static_cast<std::ptrdiff_t>(from), tags_.begin() + static_cast<std::ptrdiff_t>(to),
            uint8_t{0});
}

BatchMemory::BatchMemory(size_t inputs, std::vector<bool> made, bool has_rows)
    : is_made_(std::move(made)),
      has_rows_(has_rows),
      in_(inputs),
      made_(is_made_.size()),
      set_(is_made_.size()),
      made_out_(is_made_.size()),
      set_out_(is_made_.size()),
      bytes_(kFirstBytes) {
  raw_.in = in_.data();
  raw_.made = made_out_.data();
  raw_.set = set_out_.data();
  raw_.row = -1;
  raw_.grow_bytes = grow_bytes;
  raw_.grow_rows = grow_rows;
  raw_.read_text = read_text;
  if (has_rows_) resize_rows(kFirstRows);
  point_out();
}

BatchMemory& BatchMemory::of(TransformBatch* batch) { return *reinterpret_cast<BatchMemory*>(batch); }

void BatchMemory::point_out() {
  for (size_t i = 0; i < is_made_.size(); ++i) {
    made_out_[i] = made_[i].out();
    set_out_[i] = set_[i].out();
  }
  raw_.selected = selected_.data();
  raw_.origin = origin_.data();
  raw_.bytes = bytes_.data();
  raw_.bytes_capacity = static_cast<int32_t>(bytes_.size());
  raw_.out_capacity = static_cast<int32_t>(origin_.size());
}

void BatchMemory::resize_rows(size_t rows) {
  for (ResultColumn& column : set_) column.resize(rows);
  origin_.resize(rows);
}

void BatchMemory::begin(const std::vector<arrow::Field>& fields, const ArrowArray& batch) {
  views_ = arrow::view_batch(fields, batch);
  for (size_t i = 0; i < fields.size(); ++i) in_[i] = point_in(fields[i], *batch.children[i], batch.offset, views_[i]);
  const auto rows = static_cast<size_t>(batch.length);
  selected_.resize(rows);
  std::iota(selected_.begin(), selected_.end(), 0);
  for (size_t i = 0; i < is_made_.size(); ++i) {
    if (is_made_[i] && made_[i].size() < rows) made_[i].resize(rows);
  }
  raw_.bytes_size = raw_.kept = raw_.dropped = raw_.at = 0;
  point_out();
  begin_rows();
}

void BatchMemory::begin_rows() {
  if (!has_rows_) return;
  raw_.out = 0;
  forget_row();
}

void BatchMemory::forget_row() {
  for (ResultColumn& column : set_) column.clear(static_cast<size_t>(raw_.out), column.size());
  raw_.is_dirty = 0;
}

std::vector<workflow::MadeColumn> BatchMemory::made_columns() const {
  std::vector<workflow::MadeColumn> columns(made_.size());
  for (size_t i = 0; i < made_.size(); ++i) {
    if (is_made_[i]) columns[i] = made_[i].made();
  }
  return columns;
}

std::vector<workflow::MadeColumn> BatchMemory::set_columns() const {
  std::vector<workflow::MadeColumn> columns(set_.size());
  for (size_t i = 0; has_rows_ && i < set_.size(); ++i) columns[i] = set_[i].made();
  return columns;
}

int32_t BatchMemory::grow_bytes(TransformBatch* batch, int32_t more) {
  return without_exceptions([&] {
    BatchMemory& self = of(batch);
    const int64_t needed = int64_t{batch->bytes_size} + more;
    if (needed > kMostBytes) throw std::bad_alloc();
    self.bytes_.resize(static_cast<size_t>(std::min(kMostBytes, std::max(needed, int64_t{batch->bytes_capacity} * 2))));
    self.point_out();
  });
}

int32_t BatchMemory::grow_rows(TransformBatch* batch, int32_t more) {
  return without_exceptions([&] {
    BatchMemory& self = of(batch);
    const int64_t needed = int64_t{batch->out} + more;
    if (needed > kMostRows) throw std::bad_alloc();
    self.resize_rows(static_cast<size_t>(std::max(needed, int64_t{batch->out_capacity} * 2)));
    self.point_out();
  });
}

int32_t BatchMemory::read_text(TransformBatch* batch, const InColumn* column, int32_t row) {
  return without_exceptions([&] {
    BatchMemory& self = of(batch);
    self.text_ = arrow::value_to_text(*column->view, row);
    batch->text = self.text_.data();
    batch->text_size = static_cast<int32_t>(self.text_.size());
  });
}

}  // namespace sluice::script
