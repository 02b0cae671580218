#include "arrow/builder.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "arrow/width.hpp"
#include "base/error.hpp"

namespace sluice::arrow {

namespace {

constexpr int64_t kFirstRows = 64;
constexpr int64_t kFirstBytes = 1024;
constexpr int64_t kMostBytes = std::numeric_limits<int32_t>::max();

/// What a column's release frees: the buffers that the builder gave away.
struct ColumnHolder {
  const void* buffers[3];
};

void release_column(ArrowArray* array) {
  auto* holder = static_cast<ColumnHolder*>(array->private_data);
  for (const void* buffer : holder->buffers) std::free(const_cast<void*>(buffer));
  delete holder;
  array->release = nullptr;
}

struct BatchHolder {
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
  const void* validity = nullptr;
};

void release_batch(ArrowArray* array) {
  auto* holder = static_cast<BatchHolder*>(array->private_data);
  for (ArrowArray& child : holder->children) {
    if (child.release != nullptr) child.release(&child);
  }
  delete holder;
  array->release = nullptr;
}

}  // namespace

ColumnBuilder::ColumnBuilder(Field field) : field_(std::move(field)), width_(width_of(field_.type.kind)) {
  switch (field_.type.kind) {
    case Kind::boolean: form_ = Form::bits; break;
    case Kind::float32:
    case Kind::float64: form_ = Form::real; break;
    case Kind::decimal: form_ = Form::decimal; break;
    case Kind::uuid: form_ = Form::uuid; break;
    case Kind::text:
    case Kind::number:
    case Kind::json:
    case Kind::binary: form_ = Form::variable; break;
    default: form_ = Form::integer;
  }
}

void ColumnBuilder::resize(Memory& memory, int64_t used, int64_t size, int64_t zeroed_to) {
  void* grown = std::realloc(memory.get(), static_cast<size_t>(std::max<int64_t>(size, 1)));
  if (grown == nullptr) throw std::bad_alloc();
  static_cast<void>(memory.release());
  memory.reset(static_cast<uint8_t*>(grown));
  if (zeroed_to > used) std::memset(memory.get() + used, 0, static_cast<size_t>(zeroed_to - used));
}

int64_t ColumnBuilder::values_size(int64_t rows) const {
  if (form_ == Form::bits) return (rows + 7) / 8;
  if (form_ == Form::variable) return (rows + 1) * 4;
  return rows * width_;
}

void ColumnBuilder::grow() {
  const int64_t rows = capacity_ == 0 ? std::max(kFirstRows, next_capacity_) : capacity_ * 2;
  const int64_t used = capacity_ == 0 ? 0 : values_size(capacity_);
  const int64_t size = values_size(rows);
  // Bits are only ever set, so their memory must start as zeros; so must the first offset.
  const int64_t zeroed_to = form_ == Form::bits ? size : form_ == Form::variable && capacity_ == 0 ? 4 : 0;
  resize(values_, used, size, zeroed_to);
  if (validity_ != nullptr) resize(validity_, (capacity_ + 7) / 8, (rows + 7) / 8, (rows + 7) / 8);
  capacity_ = rows;
}

void ColumnBuilder::grow_data(size_t more) {
  if (more > static_cast<size_t>(kMostBytes - data_size_)) {
    throw Error(Code::data, field_.name + ": more than 2 GiB of data in one batch", "read smaller batches");
  }
  const int64_t needed = data_size_ + static_cast<int64_t>(more);
  int64_t size = data_capacity_ == 0 ? std::max(kFirstBytes, next_data_capacity_) : data_capacity_ * 2;
  size = std::min(std::max(size, needed), kMostBytes);
  resize(data_, data_size_, size, 0);
  data_capacity_ = size;
}

void ColumnBuilder::begin_validity() {
  const int64_t size = (capacity_ + 7) / 8;
  resize(validity_, 0, size, size);
  std::memset(validity_.get(), 0xff, static_cast<size_t>(length_ / 8));
  for (int64_t i = length_ / 8 * 8; i < length_; ++i) set_bit(validity_.get(), i);
}

void ColumnBuilder::append_null() {
  make_room();
  if (validity_ == nullptr) begin_validity();
  if (form_ == Form::variable) {
    store_end();
  } else if (form_ != Form::bits) {
    std::memset(values_.get() + length_ * width_, 0, static_cast<size_t>(width_));
  }
  ++null_count_;
  ++length_;
}

int64_t ColumnBuilder::bytes() const {
  return values_size(length_) + data_size_ + (validity_ == nullptr ? 0 : (length_ + 7) / 8);
}

void ColumnBuilder::finish(ArrowArray* out) {
  auto holder = std::make_unique<ColumnHolder>();
  if (capacity_ == 0) grow();
  if (form_ == Form::variable && data_ == nullptr) grow_data(0);
  next_capacity_ = length_;
  next_data_capacity_ = data_size_ + data_size_ / 8;
  holder->buffers[0] = validity_.release();
  holder->buffers[1] = values_.release();
  holder->buffers[2] = data_.release();
  *out = ArrowArray{};
  out->length = length_;
  out->null_count = null_count_;
  out->n_buffers = form_ == Form::variable ? 3 : 2;
  out->buffers = holder->buffers;
  out->release = release_column;
  out->private_data = holder.release();
  length_ = null_count_ = capacity_ = data_size_ = data_capacity_ = 0;
}

BatchBuilder::BatchBuilder(std::vector<Field> fields) : fields_(std::move(fields)) {
  columns_.reserve(fields_.size());
  for (const Field& field : fields_) columns_.emplace_back(field);
}

int64_t BatchBuilder::bytes() const {
  int64_t total = 0;
  for (const ColumnBuilder& column : columns_) total += column.bytes();
  return total;
}

Array BatchBuilder::finish() {
  const int64_t length = rows();
  auto holder = std::make_unique<BatchHolder>();
  holder->children.resize(columns_.size());
  holder->pointers.reserve(columns_.size());
  for (ArrowArray& child : holder->children) holder->pointers.push_back(&child);

  Array batch;
  ArrowArray* out = batch.get();
  out->length = length;
  out->n_buffers = 1;
  out->buffers = &holder->validity;
  out->n_children = static_cast<int64_t>(columns_.size());
  out->children = holder->pointers.data();
  out->private_data = holder.get();
  out->release = release_batch;
  BatchHolder* filled = holder.release();
  for (size_t i = 0; i < columns_.size(); ++i) {
    assert(columns_[i].length() == length);
    columns_[i].finish(&filled->children[i]);
  }
  return batch;
}

}  // namespace sluice::arrow
