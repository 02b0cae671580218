#include "arrow/view.hpp"

#include "arrow/width.hpp"
#include "base/error.hpp"

namespace sluice::arrow {

namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(Code::internal, "batch of rows: " + what, "the plugin that made it is broken");
}

int64_t buffers_of(Kind kind) { return has_offsets(kind) ? 3 : 2; }

void check_column(const Field& field, const ArrowArray& array, int64_t rows) {
  const auto refuse_column = [&](const std::string& what) { refuse("column " + field.name + ": " + what); };
  if (array.n_buffers != buffers_of(field.type.kind)) {
    refuse_column("expected " + std::to_string(buffers_of(field.type.kind)) + " buffers for " + to_text(field.type) +
                  ", found " + std::to_string(array.n_buffers));
  }
  if (array.length < rows) {
    refuse_column("expected " + std::to_string(rows) + " values, found " + std::to_string(array.length));
  }
  if (array.buffers == nullptr || (rows > 0 && array.buffers[1] == nullptr)) refuse_column("has no values");
  if (array.null_count > 0 && array.buffers[0] == nullptr) refuse_column("has NULLs but no validity bitmap");
}

}  // namespace

ColumnView::ColumnView(const Type& type, const ArrowArray& array) : ColumnView(type, array, 0, array.length) {}

ColumnView::ColumnView(const Type& type, const ArrowArray& array, int64_t skipped, int64_t length)
    : type_(type),
      length_(length),
      offset_(array.offset + skipped),
      validity_(array.null_count == 0 ? nullptr : static_cast<const uint8_t*>(array.buffers[0])),
      values_(array.buffers[1]) {
  if (array.n_buffers > 2) data_ = static_cast<const char*>(array.buffers[2]);
  width_ = width_of(type.kind);
  is_unsigned_ = type.kind == Kind::uint8 || type.kind == Kind::uint16 || type.kind == Kind::uint32;
}

std::vector<ColumnView> view_batch(const std::vector<Field>& fields, const ArrowArray& batch) {
  if (batch.n_children != static_cast<int64_t>(fields.size())) {
    refuse("expected " + std::to_string(fields.size()) + " columns, found " + std::to_string(batch.n_children));
  }
  if (batch.null_count != 0 && batch.n_buffers > 0 && batch.buffers[0] != nullptr) refuse("a row itself is NULL");
  std::vector<ColumnView> views;
  views.reserve(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    const ArrowArray& child = *batch.children[i];
    check_column(fields[i], child, batch.offset + batch.length);
    views.push_back(ColumnView(fields[i].type, child, batch.offset, batch.length));
  }
  return views;
}

}  // namespace sluice::arrow
