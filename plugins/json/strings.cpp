#include "strings.hpp"

#include <cstdint>
#include <cstdio>

#include "base/escape.hpp"
#include "base/utf8.hpp"

namespace sluice::json {

namespace {

void append_utf8(std::string* out, uint32_t code) {
  if (out == nullptr) return;
  if (code < 0x80) {
    *out += static_cast<char>(code);
  } else if (code < 0x800) {
    *out += static_cast<char>(0xC0 | (code >> 6));
    *out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *out += static_cast<char>(0xE0 | (code >> 12));
    *out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    *out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    *out += static_cast<char>(0xF0 | (code >> 18));
    *out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    *out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    *out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

bool take_hex(std::string_view& rest, uint32_t& code) {
  if (rest.size() < 4) return false;
  code = 0;
  for (const char c : rest.substr(0, 4)) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return false;
    code = code * 16 + static_cast<uint32_t>(digit);
  }
  rest.remove_prefix(4);
  return true;
}

/// Behind \u.
bool take_code_point(std::string_view& rest, std::string* out) {
  uint32_t code = 0;
  if (!take_hex(rest, code) || (code >= 0xDC00 && code < 0xE000)) return false;
  if (code >= 0xD800 && code < 0xDC00) {
    uint32_t low = 0;
    if (rest.substr(0, 2) != "\\u") return false;
    rest.remove_prefix(2);
    if (!take_hex(rest, low) || low < 0xDC00 || low >= 0xE000) return false;
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(out, code);
  return true;
}

bool take_escape(std::string_view& rest, std::string* out) {
  if (rest.empty()) return false;
  const char c = rest[0];
  rest.remove_prefix(1);
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (c == 'u') return take_code_point(rest, out);
  const size_t known = kLetters.find(c);
  if (known == std::string_view::npos) return false;
  if (out != nullptr) *out += kMeanings[known];
  return true;
}

bool unescape(std::string_view rest, std::string* out) {
  while (!rest.empty()) {
    const size_t plain = std::min(rest.find('\\'), rest.size());
    if (out != nullptr) out->append(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (rest.empty()) return true;
    rest.remove_prefix(1);
    if (!take_escape(rest, out)) return false;
  }
  return true;
}

size_t digits_at(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end - at;
}

}  // namespace

bool append_unescaped(std::string_view content, std::string& out) { return unescape(content, &out); }

bool has_valid_escapes(std::string_view content) { return unescape(content, nullptr); }

bool is_number(std::string_view text) {
  size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const size_t whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const size_t fraction = digits_at(text, at + 1);
    if (fraction == 0) return false;
    at += 1 + fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const size_t exponent = digits_at(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

std::string shown(std::string_view text) {
  constexpr size_t kMost = 24;
  if (text.empty()) return "the end of the file";
  if (utf8_length(text, 0) == 0) {
    char hex[16];
    std::snprintf(hex, sizeof hex, "byte 0x%02x", static_cast<unsigned char>(text[0]));
    return hex;
  }
  std::string_view head = utf8_truncate(text, kMost);
  head = head.substr(0, utf8_valid_prefix(head));
  return "'" + escape_terminal(head.substr(0, head.find('\n', 1))) + "'";
}

}  // namespace sluice::json
