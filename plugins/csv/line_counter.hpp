#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "files/encoding.hpp"
#include "files/input.hpp"

namespace sluice::csv {

/// Tells in which line a byte of a table is. A scanner doesn't count lines, since only errors want to know. One thread.
class LineCounter {
 public:
  LineCounter(const std::vector<files::Segment>& segments, files::Encoding encoding)
      : input_(segments), encoding_(encoding) {}

  /// From 1. Goes on from the last offset, or begins anew where this one lies before it.
  int64_t line_at(int64_t offset);

 private:
  void count(const std::string& text);

  files::Input input_;
  files::Encoding encoding_;
  std::vector<char> block_;
  int64_t offset_ = 0;
  int64_t breaks_ = 0;  // before offset_
  char last_ = 0;
};

}  // namespace sluice::csv
