#include "copy/batch_parts.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "arrow/view.hpp"
#include "arrow/width.hpp"

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
    if (!arrow::has_offsets(column.type().kind)) {
      bytes += rows * std::max(1, arrow::width_of(column.type().kind));
    } else if (rows > 0) {
      const std::string_view last = column.bytes(rows - 1);
      bytes += last.data() + last.size() - column.bytes(0).data();
    }
  }
  return bytes;
}

}  // namespace sluice::copy
