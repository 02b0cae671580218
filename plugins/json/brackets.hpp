#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::json {

/// Finds where a container closes, 64 bytes at a time and without looking at what is in it: strings hide brackets,
/// backslashes hide quotes. Whether the text is JSON is told by who reads it.
class BracketScanner {
 public:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  /// Begins inside `depth` containers; ends where all are closed.
  explicit BracketScanner(int most_depth, int depth = 0) : most_depth_(most_depth), depth_(depth) {}

  /// Goes on where the last call has stopped: `text` is what follows the bytes consumed so far. Answers how many of its
  /// bytes belong to the containers where the last one closes in it, kNone otherwise. Only whole blocks are consumed,
  /// unless `is_last`.
  size_t scan(std::string_view text, bool is_last);
  /// Of the last call, which found no end.
  size_t consumed() const { return consumed_; }
  /// Somewhere it went deeper than it may; the scan goes on.
  bool is_too_deep() const { return is_too_deep_; }

 private:
  size_t scan_block(const char* block, size_t size);

  int most_depth_;
  int depth_;
  bool is_too_deep_ = false;
  uint64_t in_string_ = 0;   // all ones: the next byte is inside a string
  uint64_t is_escaped_ = 0;  // 1: the next byte is
  size_t consumed_ = 0;
};

}  // namespace sluice::json
