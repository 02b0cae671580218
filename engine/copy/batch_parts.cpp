#include "copy/batch_parts.hpp"

#include <memory>
#include <string_view>
#include <utility>

#include "arrow/view.hpp"

namespace sluice::copy {

namespace {

/// What a batch of our own frees.
struct BatchHolder {
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
  const void* validity = nullptr;
};

void release_batch(ArrowArray* batch) {
  auto* holder = static_cast<BatchHolder*>(batch->private_data);
  for (ArrowArray& child : holder->children) {
    if (child.release != nullptr) child.release(&child);
  }
  delete holder;
  batch->release = nullptr;
}

/// Bytes of a value; 0 where that varies.
int64_t width_of(arrow::Kind kind) {
  using arrow::Kind;
  switch (kind) {
    case Kind::text:
    case Kind::number:
    case Kind::json:
    case Kind::binary: return 0;
    case Kind::boolean:
    case Kind::int8:
    case Kind::uint8: return 1;
    case Kind::int16:
    case Kind::uint16: return 2;
    case Kind::int32:
    case Kind::uint32:
    case Kind::float32:
    case Kind::date: return 4;
    case Kind::decimal:
    case Kind::uuid: return 16;
    default: return 8;
  }
}

}  // namespace

arrow::Array make_batch(std::vector<arrow::Array> columns, int64_t rows) {
  auto holder = std::make_unique<BatchHolder>();
  holder->children.resize(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    columns[i].move_to(&holder->children[i]);
    holder->pointers.push_back(&holder->children[i]);
  }
  arrow::Array batch;
  batch->length = rows;
  batch->n_buffers = 1;
  batch->buffers = &holder->validity;
  batch->n_children = static_cast<int64_t>(columns.size());
  batch->children = holder->pointers.data();
  batch->release = release_batch;
  batch->private_data = holder.release();
  return batch;
}

arrow::Array take_child(ArrowArray& batch, size_t index) {
  arrow::Array child(batch.children[index]);
  if (batch.offset != 0 || child->length != batch.length) {
    child->offset += batch.offset;
    child->length = batch.length;
    // Unknown for a part; 0 stays 0.
    if (child->null_count > 0) child->null_count = -1;
  }
  return child;
}

int64_t value_bytes(const std::vector<arrow::Field>& fields, const ArrowArray& batch) {
  int64_t bytes = 0;
  for (const arrow::ColumnView& column : arrow::view_batch(fields, batch)) {
    const int64_t rows = column.length();
    if (const int64_t width = width_of(column.type().kind); width > 0) {
      bytes += rows * width;
    } else if (rows > 0) {
      const std::string_view last = column.bytes(rows - 1);
      bytes += last.data() + last.size() - column.bytes(0).data();
    }
  }
  return bytes;
}

}  // namespace sluice::copy
