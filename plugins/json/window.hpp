#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "byte_source.hpp"
#include "files.hpp"

namespace sluice::json {

/// Throws Error(cancelled) when the caller wants to stop.
using CheckCancelled = std::function<void()>;

/// Bytes behind the view that may be read, though they mean nothing.
inline constexpr size_t kPadding = 64;

/// A part of a file that moves forwards. Its memory grows only as far as somebody asks for more without skipping.
class Window {
 public:
  /// Opens the file and stands at `from`. Throws Error(conflict) where it is not the file that `file` describes.
  Window(const SourceFile& file, int64_t from, CheckCancelled check);

  const std::string& path() const { return file_.path; }
  bool is_compressed() const { return source_->is_compressed(); }
  /// Of the view's first byte, in what a compressed file means.
  int64_t offset() const { return offset_; }
  std::string_view view() const { return {buffer_.data() + begin_, end_ - begin_}; }
  /// The view grows at its end, and may move in memory; false at the file's end. Throws Error(conflict) where the file
  /// has changed since.
  bool refill();
  void skip(size_t bytes) {
    begin_ += bytes;
    offset_ += static_cast<int64_t>(bytes);
  }
  /// Back to a byte that was skipped since the last refill; false where it is no longer in memory.
  bool rewind_to(int64_t offset) {
    const int64_t back = offset_ - offset;
    if (back < 0 || back > static_cast<int64_t>(begin_)) return false;
    begin_ -= static_cast<size_t>(back);
    offset_ = offset;
    return true;
  }
  /// An error at a byte of the file.
  [[noreturn]] void fail(int64_t offset, const std::string& message, const std::string& hint = {}) const;

 private:
  void check_unchanged() const;

  SourceFile file_;
  FileDescriptor descriptor_;
  std::unique_ptr<ByteSource> source_;
  CheckCancelled check_;
  std::vector<char> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  int64_t offset_ = 0;
};

}  // namespace sluice::json
