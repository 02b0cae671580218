#include "encoding.hpp"

#include <array>

#include "base/utf8.hpp"

namespace sluice::files {

namespace {

/// What windows-1252 has at 0x80 to 0x9F; 0 where it has nothing.
constexpr std::array<uint16_t, 32> kWindows = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                               0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                               0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                               0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void append(std::string& out, uint32_t point) {
  const auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | (point >> 6));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

Decoded decode_utf8(std::string_view bytes) {
  const size_t valid = utf8_valid_prefix(bytes);
  if (valid == bytes.size()) return {valid, false};
  const auto first = static_cast<unsigned char>(bytes[valid]);
  const size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  return {valid, bytes.size() - valid >= length};
}

Decoded decode_bytes(std::string_view bytes, bool is_windows, std::string& out) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const bool is_special = is_windows && byte >= 0x80 && byte < 0xA0;
    if (is_special && kWindows[byte - 0x80] == 0) return {i, true};
    append(out, is_special ? kWindows[byte - 0x80] : byte);
  }
  return {bytes.size(), false};
}

Decoded decode_utf16(std::string_view bytes, bool is_big, std::string& out) {
  const auto unit = [&](size_t at) {
    const auto a = static_cast<unsigned char>(bytes[at]);
    const auto b = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<uint32_t>(is_big ? a << 8 | b : b << 8 | a);
  };
  size_t at = 0;
  while (at + 2 <= bytes.size()) {
    const uint32_t first = unit(at);
    if (first < 0xD800 || first > 0xDFFF) {
      append(out, first);
      at += 2;
      continue;
    }
    if (first > 0xDBFF) return {at, true};
    if (at + 4 > bytes.size()) return {at, false};
    const uint32_t second = unit(at + 2);
    if (second < 0xDC00 || second > 0xDFFF) return {at, true};
    append(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
    at += 4;
  }
  return {at, false};
}

}  // namespace

const char* to_text(Encoding encoding) {
  switch (encoding) {
    case Encoding::latin1: return "latin1";
    case Encoding::windows1252: return "windows-1252";
    case Encoding::utf16_little:
    case Encoding::utf16_big: return "utf-16";
    default: return "utf-8";
  }
}

ByteOrderMark find_mark(std::string_view begin) {
  if (begin.substr(0, 3) == "\xEF\xBB\xBF") return {Encoding::utf8, 3};
  if (begin.substr(0, 2) == "\xFF\xFE") return {Encoding::utf16_little, 2};
  if (begin.substr(0, 2) == "\xFE\xFF") return {Encoding::utf16_big, 2};
  return {};
}

Decoded decode(Encoding encoding, std::string_view bytes, std::string& out) {
  switch (encoding) {
    case Encoding::latin1: return decode_bytes(bytes, false, out);
    case Encoding::windows1252: return decode_bytes(bytes, true, out);
    case Encoding::utf16_little: return decode_utf16(bytes, false, out);
    case Encoding::utf16_big: return decode_utf16(bytes, true, out);
    default: return decode_utf8(bytes);
  }
}

int64_t encoded_size(Encoding encoding, std::string_view text) {
  if (encoding == Encoding::utf8 || encoding == Encoding::detect) return static_cast<int64_t>(text.size());
  const bool is_wide = encoding == Encoding::utf16_little || encoding == Encoding::utf16_big;
  int64_t characters = 0;
  int64_t pairs = 0;
  for (const char c : text) {
    characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
    pairs += static_cast<unsigned char>(c) >= 0xF0 ? 1 : 0;
  }
  return is_wide ? 2 * (characters + pairs) : characters;
}

}  // namespace sluice::files
