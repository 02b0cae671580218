#include "base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace sluice {

namespace {

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

size_t utf8_length(std::string_view text, size_t at) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data()) + at;
  const size_t left = text.size() - at;
  const unsigned char first = bytes[0];
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return left >= 2 && is_continuation(bytes[1]) ? 2 : 0;
  if (first < 0xF0) {
    if (left < 3 || !is_continuation(bytes[1]) || !is_continuation(bytes[2])) return 0;
    const bool overlong = first == 0xE0 && bytes[1] < 0xA0;
    const bool surrogate = first == 0xED && bytes[1] > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (first > 0xF4 || left < 4) return 0;
  if (!is_continuation(bytes[1]) || !is_continuation(bytes[2]) || !is_continuation(bytes[3])) return 0;
  const bool overlong = first == 0xF0 && bytes[1] < 0x90;
  const bool beyond = first == 0xF4 && bytes[1] > 0x8F;
  return overlong || beyond ? 0 : 4;
}

size_t utf8_valid_prefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (text.size() - at >= 8) {
      uint64_t eight;
      std::memcpy(&eight, text.data() + at, 8);
      if ((eight & 0x8080808080808080u) == 0) {
        at += 8;
        continue;
      }
    }
    const size_t length = utf8_length(text, at);
    if (length == 0) break;
    at += length;
  }
  return at;
}

std::string_view utf8_truncate(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  size_t cut = most;
  while (cut > 0 && most - cut < 4 && is_continuation(static_cast<unsigned char>(text[cut]))) --cut;
  return text.substr(0, cut);
}

}  // namespace sluice
