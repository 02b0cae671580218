#include "matrix/notation.hpp"

#include <charconv>
#include <stdexcept>

#include "arrow/text.hpp"

namespace sluice::test::matrix {
namespace {

/// A run of one byte is written as a repetition from here on.
constexpr size_t kLongRun = 40;

std::string repeated(std::string_view inside, size_t star) {
  const std::string_view digits = inside.substr(star + 1);
  size_t count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc() || end != digits.data() + digits.size())
    throw std::runtime_error("not a number of times: " + std::string(digits));
  std::string text;
  for (size_t i = 0; i < count; ++i) text += inside.substr(0, star);
  return text;
}

std::string bytes_of(std::string_view inside) {
  if (inside.empty()) return {};
  if (const size_t star = inside.rfind('*'); star != std::string_view::npos) return repeated(inside, star);
  std::string hex;
  for (const char c : inside) {
    if (c != ' ') hex += c;
  }
  const auto bytes = arrow::bytes_from_hex(hex);
  if (!bytes) throw std::runtime_error("expected bytes in hex or TEXT*COUNT, found <" + std::string(inside) + ">");
  return *bytes;
}

std::string hex_of(std::string_view bytes) { return "<" + arrow::bytes_to_hex(bytes) + ">"; }

/// Bytes of the UTF-8 character that begins here, or 0.
size_t character_at(std::string_view bytes) {
  if (static_cast<unsigned char>(bytes[0]) < 0x80) return 0;
  for (size_t size = 2; size <= 4 && size <= bytes.size(); ++size) {
    if (arrow::is_valid_utf8(bytes.substr(0, size))) return size;
  }
  return 0;
}

bool is_plain(std::string_view bytes, size_t at) {
  const auto c = static_cast<unsigned char>(bytes[at]);
  const bool is_edge = at == 0 || at + 1 == bytes.size();
  return c > 0x20 ? c < 0x7F && c != '<' : c == ' ' && !is_edge;
}

}  // namespace

std::string decode(std::string_view written) {
  std::string bytes;
  for (size_t at = 0; at < written.size(); ++at) {
    if (written[at] != '<') {
      bytes += written[at];
      continue;
    }
    const size_t end = written.find('>', at);
    if (end == std::string_view::npos) throw std::runtime_error("a < without its >: " + std::string(written));
    bytes += bytes_of(written.substr(at + 1, end - at - 1));
    at = end;
  }
  return bytes;
}

std::string encode(std::string_view bytes) {
  if (bytes.empty()) return "<>";
  std::string written;
  for (size_t at = 0; at < bytes.size();) {
    const size_t end = std::min(bytes.find_first_not_of(bytes[at], at), bytes.size());
    if (end - at >= kLongRun && is_plain(bytes, at) && bytes[at] != '*') {
      written += "<" + std::string(1, bytes[at]) + "*" + std::to_string(end - at) + ">";
      at = end;
    } else if (is_plain(bytes, at)) {
      written += bytes[at++];
    } else if (const size_t size = character_at(bytes.substr(at)); size > 0) {
      written += bytes.substr(at, size);
      at += size;
    } else {
      written += hex_of(bytes.substr(at++, 1));
    }
  }
  return written;
}

}  // namespace sluice::test::matrix
