#include "base/escape.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "base/utf8.hpp"

namespace sluice {

namespace {

uint32_t code_point(std::string_view character) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(character[i])); };
  switch (character.size()) {
    case 1: return byte(0);
    case 2: return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3: return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default: return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
}

/// Characters that change how the rest of a line is shown: bidirectional controls, line and paragraph separators.
bool rearranges_text(uint32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

std::string visible(std::string_view character) {
  const uint32_t code = code_point(character);
  switch (code) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
  }
  if (code < 0x20 || (code >= 0x7F && code <= 0x9F)) return fmt::format("\\x{:02x}", code);
  if (rearranges_text(code)) return fmt::format("\\u{:04x}", code);
  return std::string(character);
}

/// Where the printable ASCII that begins at `at` ends.
size_t end_of_printable(std::string_view text, size_t at) {
  while (at < text.size() && text[at] >= ' ' && text[at] <= '~') ++at;
  return at;
}

std::string escape(std::string_view text, std::string_view kept) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    if (const size_t end = end_of_printable(text, at); end > at) {
      out.append(text, at, end - at);
      at = end;
      continue;
    }
    const size_t length = utf8_length(text, at);
    if (length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
      ++at;
      continue;
    }
    const std::string_view character = text.substr(at, length);
    out += kept.find(character) != std::string_view::npos ? std::string(character) : visible(character);
    at += length;
  }
  return out;
}

bool is_plain(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '-' || letter == '.' || letter == '_' || letter == '~';
}

}  // namespace

std::string escape_terminal(std::string_view text) { return escape(text, ""); }

std::string escape_terminal_lines(std::string_view text) { return escape(text, "\n"); }

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char letter : text) {
    switch (letter) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += letter;
    }
  }
  return out;
}

std::string escape_url(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    out += is_plain(letter) ? std::string(1, letter) : fmt::format("%{:02X}", static_cast<unsigned char>(letter));
  }
  return out;
}

}  // namespace sluice
