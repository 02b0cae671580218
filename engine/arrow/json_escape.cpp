#include "arrow/json_escape.hpp"

#include <charconv>
#include <optional>

namespace sluice::arrow {

namespace {

constexpr size_t kEscape = 6;  // \uXXXX

/// The number of the escape that begins here.
std::optional<unsigned> unit_at(std::string_view text, size_t at) {
  if (at + kEscape > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  unsigned unit = 0;
  const char* end = text.data() + at + kEscape;
  const auto parsed = std::from_chars(text.data() + at + 2, end, unit, 16);
  return parsed.ptr == end ? std::optional(unit) : std::nullopt;
}

bool is_high(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

/// Calls `found(unit, is_pair)` for each escape with a number until it answers true. A surrogate pair is one.
template <typename Found>
bool any_escape(std::string_view json, Found found) {
  for (size_t at = json.find('\\'); at < json.size(); at = json.find('\\', at)) {
    const auto unit = unit_at(json, at);
    if (!unit) {
      at += 2;
      continue;
    }
    const auto next = unit_at(json, at + kEscape);
    const bool is_pair = is_high(*unit) && next && is_low(*next);
    if (found(*unit, is_pair)) return true;
    at += is_pair ? 2 * kEscape : kEscape;
  }
  return false;
}

}  // namespace

bool has_escaped_nul(std::string_view json) {
  return any_escape(json, [](unsigned unit, bool) { return unit == 0; });
}

bool has_half_pair(std::string_view json) {
  return any_escape(json, [](unsigned unit, bool is_pair) { return (is_high(unit) || is_low(unit)) && !is_pair; });
}

}  // namespace sluice::arrow
