#include "line_counter.hpp"

#include <algorithm>

#include "scanner_place.hpp"

namespace sluice::csv {

void LineCounter::count(const std::string& text) {
  for (const char c : text) {
    breaks_ += c == '\r' || (c == '\n' && last_ != '\r') ? 1 : 0;
    last_ = c;
  }
}

int64_t LineCounter::line_at(int64_t offset) {
  if (offset < offset_) offset_ = breaks_ = last_ = 0;
  block_.resize(kBlock);
  input_.seek(offset_);
  std::string raw;
  std::string text;
  while (input_.position() < offset) {
    const int64_t left = offset - input_.position();
    const size_t size = input_.read(block_.data(), static_cast<size_t>(std::min<int64_t>(left, kBlock)));
    if (size == 0) break;
    raw.append(block_.data(), size);
    text.clear();
    // UTF-8 is counted as it is, whether or not all of it is.
    const bool is_utf8 = encoding_ == files::Encoding::utf8;
    const files::Decoded decoded = is_utf8 ? files::Decoded{raw.size()} : files::decode(encoding_, raw, text);
    count(is_utf8 ? raw : text);
    raw.erase(0, decoded.taken);
    if (decoded.is_broken) break;
  }
  offset_ = input_.position() - static_cast<int64_t>(raw.size());
  return breaks_ + 1;
}

}  // namespace sluice::csv
