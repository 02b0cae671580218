#pragma once

#include <cassert>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "arrow/owner.hpp"
#include "arrow/type.hpp"

namespace sluice::arrow {

/// A 128-bit two's complement integer: the unscaled value of a decimal.
using Int128 = __int128;

/// Builds one column. Memory grows geometrically and is handed over to the array, without a copy, by
/// BatchBuilder::finish. Which append fits which type: append_int64 for boolean, all integers, date (days), time,
/// timestamp and timestamptz (microseconds); append_double for float32 and float64; append_decimal for decimal;
/// append_bytes for text, number, json, binary and uuid (16 bytes). Ranges are the caller's duty; types are checked by
/// assert only, as this is the hot path. Appending throws std::bad_alloc, and append_bytes Error(data) beyond 2 GiB in
/// one batch (Arrow's 32-bit offsets).
class ColumnBuilder {
 public:
  explicit ColumnBuilder(Field field);
  ColumnBuilder(ColumnBuilder&&) noexcept = default;
  ColumnBuilder& operator=(ColumnBuilder&&) noexcept = default;

  void append_null();

  void append_int64(int64_t value) {
    assert(form_ == Form::bits || form_ == Form::integer);
    make_room();
    switch (width_) {
      case 0:
        if (value != 0) set_bit(values_.get(), length_);
        break;
      case 1: store(static_cast<int8_t>(value)); break;
      case 2: store(static_cast<int16_t>(value)); break;
      case 4: store(static_cast<int32_t>(value)); break;
      default: store(value);
    }
    count_valid();
  }
  void append_double(double value) {
    assert(form_ == Form::real);
    make_room();
    width_ == 4 ? store(static_cast<float>(value)) : store(value);
    count_valid();
  }
  void append_decimal(Int128 unscaled) {
    assert(form_ == Form::decimal);
    make_room();
    store(unscaled);
    count_valid();
  }
  void append_bytes(std::string_view bytes) {
    make_room();
    if (form_ == Form::uuid) {
      assert(bytes.size() == 16);
      std::memcpy(values_.get() + length_ * 16, bytes.data(), 16);
    } else {
      assert(form_ == Form::variable);
      if (static_cast<int64_t>(bytes.size()) > data_capacity_ - data_size_) grow_data(bytes.size());
      if (!bytes.empty()) std::memcpy(data_.get() + data_size_, bytes.data(), bytes.size());
      data_size_ += static_cast<int64_t>(bytes.size());
      store_end();
    }
    count_valid();
  }

  const Field& field() const { return field_; }
  int64_t length() const { return length_; }
  int64_t null_count() const { return null_count_; }
  /// Bytes held, for cutting batches by size.
  int64_t bytes() const;

  /// Moves what was built into `out` (release set) and starts anew.
  void finish(ArrowArray* out);

 private:
  enum class Form { bits, integer, real, decimal, uuid, variable };
  struct Free {
    void operator()(uint8_t* memory) const { std::free(memory); }
  };
  using Memory = std::unique_ptr<uint8_t, Free>;

  static void set_bit(uint8_t* bits, int64_t i) { bits[i >> 3] = static_cast<uint8_t>(bits[i >> 3] | (1u << (i & 7))); }
  static void resize(Memory& memory, int64_t used, int64_t size, int64_t zeroed_to);
  int64_t values_size(int64_t rows) const;
  void grow();
  void grow_data(size_t more);
  void begin_validity();
  void make_room() {
    if (length_ == capacity_) [[unlikely]]
      grow();
  }
  template <typename T>
  void store(T value) {
    std::memcpy(values_.get() + length_ * static_cast<int64_t>(sizeof(T)), &value, sizeof(T));
  }
  void store_end() {
    const int32_t end = static_cast<int32_t>(data_size_);
    std::memcpy(values_.get() + (length_ + 1) * 4, &end, 4);
  }
  void count_valid() {
    if (validity_ != nullptr) set_bit(validity_.get(), length_);
    ++length_;
  }

  Field field_;
  Form form_;
  int width_;  // bytes of a fixed-width value; 0: bits
  int64_t length_ = 0;
  int64_t null_count_ = 0;
  int64_t capacity_ = 0;       // rows
  int64_t next_capacity_ = 0;  // rows of the batch before: the next one starts with as much
  int64_t data_size_ = 0;
  int64_t data_capacity_ = 0;
  int64_t next_data_capacity_ = 0;
  Memory validity_;  // absent until the first NULL
  Memory values_;    // fixed-width values, or the offsets of a variable-width column
  Memory data_;
};

/// Builds record batches (struct arrays) for a list of fields.
class BatchBuilder {
 public:
  explicit BatchBuilder(std::vector<Field> fields);

  ColumnBuilder& column(size_t index) { return columns_[index]; }
  size_t width() const { return columns_.size(); }
  /// Rows are complete when every column has the same length; the first column counts.
  int64_t rows() const { return columns_.empty() ? 0 : columns_.front().length(); }
  int64_t bytes() const;
  const std::vector<Field>& fields() const { return fields_; }

  /// The batch so far; the builder starts anew. Asserts that all columns are equally long.
  Array finish();

 private:
  std::vector<Field> fields_;
  std::vector<ColumnBuilder> columns_;
};

}  // namespace sluice::arrow
