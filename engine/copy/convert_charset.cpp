#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "arrow/text.hpp"
#include "copy/convert_named.hpp"

/// Bytes of one-byte character sets to UTF-8.
namespace sluice::copy {

namespace {

using Codes = std::array<char16_t, 256>;

constexpr Codes make_latin1() {
  Codes codes{};
  for (size_t byte = 0; byte < codes.size(); ++byte) codes[byte] = static_cast<char16_t>(byte);
  return codes;
}

/// Where Windows-1252 differs from ISO 8859-1; 0 for the five bytes that mean nothing.
constexpr std::array<char16_t, 32> kWindows = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                               0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                               0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                               0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

constexpr Codes make_cp1252() {
  constexpr size_t kFirst = 0x80;
  Codes codes = make_latin1();
  for (size_t i = 0; i < kWindows.size(); ++i) codes[kFirst + i] = kWindows[i];
  return codes;
}

constexpr Codes kLatin1 = make_latin1();
constexpr Codes kCp1252 = make_cp1252();

void append_utf8(std::string& text, char16_t code) {
  if (code < 0x80) {
    text.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    text.push_back(static_cast<char>(0xC0 | code >> 6));
    text.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    text.push_back(static_cast<char>(0xE0 | code >> 12));
    text.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    text.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

void decode(const ColumnCast& cast, const Codes& codes) {
  std::string text;
  cast.for_each([&](int64_t row) {
    text.clear();
    for (const char c : cast.in.bytes(row)) {
      const auto byte = static_cast<uint8_t>(c);
      if (codes[byte] == 0 && byte != 0)
        cast.refuse(row, "bytes of Windows-1252, where 81, 8d, 8f, 90 and 9d mean nothing");
      append_utf8(text, codes[byte]);
    }
    cast.out.append_bytes(text);
  });
}

void decode_latin1(const ColumnCast& cast) { decode(cast, kLatin1); }
void decode_cp1252(const ColumnCast& cast) { decode(cast, kCp1252); }

/// The byte that MySQL's latin1 has for a character; nothing where it has none. The five bytes that mean nothing in Windows-1252
/// are the control characters of the same numbers there.
std::optional<char> latin1_byte(uint32_t code) {
  constexpr uint32_t kFirst = 0x80;
  const bool is_control = code >= kFirst && code < kFirst + kWindows.size();
  if (code < kFirst || (code > 0x9F && code <= 0xFF) || (is_control && kWindows[code - kFirst] == 0)) return static_cast<char>(code);
  for (size_t i = 0; i < kWindows.size(); ++i) {
    if (kWindows[i] != 0 && kWindows[i] == code) return static_cast<char>(kFirst + i);
  }
  return std::nullopt;
}

/// Steps over the character that begins at `at` of sound UTF-8.
uint32_t take_code(std::string_view text, size_t& at) {
  const auto first = static_cast<uint8_t>(text[at++]);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  uint32_t code = first & (0x3Fu >> more);
  for (int i = 0; i < more; ++i) code = code << 6 | (static_cast<uint8_t>(text[at++]) & 0x3Fu);
  return code;
}

/// Nothing where a character is none of latin1.
std::optional<std::string> latin1_bytes(std::string_view text) {
  std::string bytes;
  for (size_t at = 0; at < text.size();) {
    const auto byte = latin1_byte(take_code(text, at));
    if (!byte) return std::nullopt;
    bytes.push_back(*byte);
  }
  return bytes;
}

void decode_utf8_in_latin1(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const std::string_view text = cast.in.bytes(row);
    const auto bytes = arrow::is_valid_utf8(text) ? latin1_bytes(text) : std::nullopt;
    if (!bytes) cast.refuse(row, "characters that MySQL's latin1 has");
    if (!arrow::is_valid_utf8(*bytes)) cast.refuse(row, "characters of latin1 whose bytes are UTF-8");
    cast.out.append_bytes(*bytes);
  });
}

}  // namespace

CastFunction find_charset_cast(const std::string& name) {
  if (name == "utf8_in_latin1") return decode_utf8_in_latin1;
  if (name == "latin1") return decode_latin1;
  return name == "cp1252" ? decode_cp1252 : nullptr;
}

}  // namespace sluice::copy
