#pragma once

#include <utility>

#include "abi/arrow_abi.h"

namespace sluice::arrow {

/// Owns one Arrow C struct (ArrowSchema, ArrowArray or ArrowArrayStream). Moving is a struct copy that leaves the source
/// released, as the specification asks. Not for sharing between threads.
template <typename T>
class Owner {
 public:
  Owner() = default;
  /// Takes what `raw` holds and leaves it released.
  explicit Owner(T* raw) : value_(*raw) { raw->release = nullptr; }
  Owner(Owner&& other) noexcept : value_(other.value_) { other.value_.release = nullptr; }
  Owner& operator=(Owner&& other) noexcept {
    if (this != &other) {
      reset();
      value_ = other.value_;
      other.value_.release = nullptr;
    }
    return *this;
  }
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  ~Owner() { reset(); }

  void reset() {
    if (value_.release != nullptr) value_.release(&value_);
    value_ = T{};
  }
  bool empty() const { return value_.release == nullptr; }
  T* get() { return &value_; }
  const T* get() const { return &value_; }
  T* operator->() { return &value_; }
  const T* operator->() const { return &value_; }
  const T& operator*() const { return value_; }

  /// For functions that fill an out parameter: releases what was there.
  T* receive() {
    reset();
    return &value_;
  }
  /// Hands the struct over to `out`.
  void move_to(T* out) {
    *out = value_;
    value_.release = nullptr;
  }

 private:
  T value_{};
};

using Schema = Owner<ArrowSchema>;
using Array = Owner<ArrowArray>;
using Stream = Owner<ArrowArrayStream>;

}  // namespace sluice::arrow
