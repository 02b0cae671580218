#include "arrow/slice.hpp"

#include <cassert>
#include <vector>

namespace sluice::arrow {

namespace {

using Shared = std::shared_ptr<const Array>;

void release_column(ArrowArray* column) {
  delete static_cast<Shared*>(column->private_data);
  column->release = nullptr;
}

struct SliceHolder {
  std::vector<ArrowArray> columns;
  std::vector<ArrowArray*> pointers;
  Shared batch;
};

void release_slice(ArrowArray* slice) {
  auto* holder = static_cast<SliceHolder*>(slice->private_data);
  for (ArrowArray& column : holder->columns) {
    if (column.release != nullptr) column.release(&column);
  }
  delete holder;
  slice->release = nullptr;
}

}  // namespace

Array slice(const Shared& batch, int64_t first, int64_t rows) {
  const ArrowArray& whole = **batch;
  assert(first >= 0 && rows >= 0 && first + rows <= whole.length);
  auto holder = std::make_unique<SliceHolder>();
  holder->batch = batch;
  for (int64_t i = 0; i < whole.n_children; ++i) {
    ArrowArray column = *whole.children[i];
    column.release = release_column;
    column.private_data = new Shared(batch);
    holder->columns.push_back(column);
  }
  for (ArrowArray& column : holder->columns) holder->pointers.push_back(&column);
  Array part;
  ArrowArray& raw = *part.receive();
  raw = whole;
  raw.offset += first;
  raw.length = rows;
  raw.children = holder->pointers.data();
  raw.release = release_slice;
  raw.private_data = holder.release();
  return part;
}

}  // namespace sluice::arrow
