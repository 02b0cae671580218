#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "arrow/builder.hpp"
#include "arrow/type.hpp"

namespace sluice::arrow {

/// Reads one column of a batch. Does not own it: valid while the ArrowArray lives. Honours offsets and missing validity
/// bitmaps. Index i runs from 0 to length() - 1.
class ColumnView {
 public:
  ColumnView(const Type& type, const ArrowArray& array);
  /// The `length` values behind the first `skipped` ones: a column of a batch that has an offset itself.
  ColumnView(const Type& type, const ArrowArray& array, int64_t skipped, int64_t length);

  int64_t length() const { return length_; }
  const Type& type() const { return type_; }
  bool is_null(int64_t i) const {
    return validity_ != nullptr && ((validity_[(i + offset_) >> 3] >> ((i + offset_) & 7)) & 1) == 0;
  }
  /// boolean (0 or 1), every integer kind, date, time, timestamp, timestamptz. uint64 comes as its bits.
  int64_t int64(int64_t i) const {
    i += offset_;
    switch (width_) {
      case 0: return (static_cast<const uint8_t*>(values_)[i >> 3] >> (i & 7)) & 1;
      case 1: return is_unsigned_ ? load<uint8_t>(i) : static_cast<int64_t>(load<int8_t>(i));
      case 2: return is_unsigned_ ? load<uint16_t>(i) : static_cast<int64_t>(load<int16_t>(i));
      case 4: return is_unsigned_ ? load<uint32_t>(i) : static_cast<int64_t>(load<int32_t>(i));
      default: return load<int64_t>(i);
    }
  }
  /// float32 and float64.
  double float64(int64_t i) const { return width_ == 4 ? load<float>(i + offset_) : load<double>(i + offset_); }
  Int128 decimal(int64_t i) const { return load<Int128>(i + offset_); }
  /// text, number, json, binary; uuid as 16 bytes.
  std::string_view bytes(int64_t i) const {
    i += offset_;
    if (type_.kind == Kind::uuid) return {static_cast<const char*>(values_) + i * 16, 16};
    const int32_t* offsets = static_cast<const int32_t*>(values_);
    return {data_ + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i])};
  }

 private:
  template <typename T>
  T load(int64_t i) const {
    T value;
    std::memcpy(&value, static_cast<const char*>(values_) + i * static_cast<int64_t>(sizeof(T)), sizeof(T));
    return value;
  }

  Type type_;
  int64_t length_ = 0;
  int64_t offset_ = 0;
  const uint8_t* validity_ = nullptr;
  const void* values_ = nullptr;  // fixed-width values, or the offsets of a variable-width column
  const char* data_ = nullptr;
  int width_ = 0;
  bool is_unsigned_ = false;
};

/// Views on all columns of a record batch. Throws Error(internal) where the batch does not have the fields' shape.
std::vector<ColumnView> view_batch(const std::vector<Field>& fields, const ArrowArray& batch);

}  // namespace sluice::arrow
