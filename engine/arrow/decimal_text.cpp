#include <algorithm>
#include <iterator>

#include "arrow/text.hpp"

namespace sluice::arrow {

namespace {

using UInt128 = unsigned __int128;

constexpr int kMostDigits = 38;

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// A decimal as written: sign, digits without the point, and how many places the point stands from the right.
struct Written {
  bool negative = false;
  std::string digits;
  int64_t scale = 0;
};

/// Reads "e-12" from its start; nullopt where it is not a whole exponent. Magnitudes are capped: far beyond any
/// decimal.
std::optional<int64_t> read_exponent(std::string_view text) {
  text.remove_prefix(1);
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  int64_t value = 0;
  for (const char letter : text) {
    if (!is_digit(letter)) return std::nullopt;
    value = std::min<int64_t>(value * 10 + (letter - '0'), 1'000'000'000);
  }
  return negative ? -value : value;
}

std::optional<Written> read_decimal(std::string_view text) {
  Written written;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    written.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  bool after_point = false;
  bool any = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_digit(text[i])) {
      any = true;
      if (!written.digits.empty() || text[i] != '0') written.digits += text[i];
      written.scale += after_point ? 1 : 0;
    } else if (text[i] == '.' && !after_point) {
      after_point = true;
    } else if (any && (text[i] == 'e' || text[i] == 'E')) {
      const std::optional<int64_t> exponent = read_exponent(text.substr(i));
      if (!exponent) return std::nullopt;
      written.scale -= *exponent;
      return written;
    } else {
      return std::nullopt;
    }
  }
  return any ? std::optional(written) : std::nullopt;
}

}  // namespace

std::string decimal_to_text(Int128 unscaled, int scale) {
  const bool negative = unscaled < 0;
  UInt128 rest = negative ? UInt128{0} - static_cast<UInt128>(unscaled) : static_cast<UInt128>(unscaled);
  char reversed[80];
  int size = 0;
  for (int place = 0; rest != 0 || place <= scale; ++place) {
    if (place == scale && scale > 0) reversed[size++] = '.';
    reversed[size++] = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (negative) reversed[size++] = '-';
  return std::string(std::make_reverse_iterator(reversed + size), std::make_reverse_iterator(reversed));
}

std::optional<Int128> decimal_from_text(std::string_view text, int precision, int scale) {
  std::optional<Written> written = read_decimal(text);
  if (!written) return std::nullopt;
  std::string& digits = written->digits;
  while (!digits.empty() && written->scale > scale && digits.back() == '0') {
    digits.pop_back();
    --written->scale;
  }
  if (digits.empty()) return Int128{0};
  if (written->scale > scale) return std::nullopt;
  const int64_t zeros = scale - written->scale;
  const int64_t most = std::min(precision, kMostDigits);
  if (zeros > most || static_cast<int64_t>(digits.size()) + zeros > most) return std::nullopt;
  Int128 value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  for (int64_t i = 0; i < zeros; ++i) value *= 10;
  return written->negative ? -value : value;
}

}  // namespace sluice::arrow
