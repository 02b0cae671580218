#include <algorithm>
#include <bit>
#include <limits>
#include <string>

#include "arrow/canonical.hpp"

namespace sluice::arrow {

namespace {

constexpr int kSmallDigits = 18;
constexpr int64_t kMostExponent = 1'000'000'000'000;

void put_big(CanonicalWriter& out, bool negative, int64_t exponent, std::string_view digits) {
  out.put_tagged(CanonicalTag::big_decimal, static_cast<uint8_t>(negative));
  out.put(exponent);
  out.put_sized(digits);
}

/// `digits` without trailing zeros.
void put_small(CanonicalWriter& out, int64_t digits, int64_t exponent) {
  if (digits == 0) exponent = 0;
  if (exponent != static_cast<int8_t>(exponent)) {
    return put_big(out, digits < 0, exponent, std::to_string(digits < 0 ? -digits : digits));
  }
  out.put_tagged(CanonicalTag::small_decimal, static_cast<int8_t>(exponent));
  out.put(digits);
}

void put_no_number(CanonicalWriter& out, std::string_view text) {
  out.put_tag(CanonicalTag::no_number);
  out.put_sized(text);
}

/// The digits of a positive value, in a buffer of 40.
std::string_view digits_of(unsigned __int128 value, char* buffer) {
  char* at = buffer + 40;
  for (; value != 0; value /= 10) *--at = static_cast<char>('0' + static_cast<int>(value % 10));
  return {at, static_cast<size_t>(buffer + 40 - at)};
}

constexpr uint64_t power_of(uint64_t base, int exponent) {
  return exponent == 0 ? 1 : base * power_of(base, exponent - 1);
}

/// The inverse of an odd number modulo 2^64, by Newton's iteration: each round doubles the correct bits.
constexpr uint64_t inverse_of(uint64_t odd) {
  uint64_t inverse = odd;
  for (int i = 0; i < 5; ++i) inverse *= 2 - odd * inverse;
  return inverse;
}

/// Divides by 10^n where that leaves nothing. Multiplying by the inverse of 5^n and rotating by n is exact division,
/// and gives a quotient beyond the largest possible one exactly where the number was no multiple (Granlund and
/// Montgomery).
template <int n>
bool strip(uint64_t& value) {
  constexpr uint64_t kInverse = inverse_of(power_of(5, n));
  const uint64_t quotient = std::rotr(value * kInverse, n);
  if (quotient > std::numeric_limits<uint64_t>::max() / power_of(10, n)) return false;
  value = quotient;
  return true;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A number's text taken apart: [sign] digits [. digits] [e [sign] digits].
struct Parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  int64_t exponent = 0;
};

std::string_view take_digits(std::string_view& rest) {
  size_t size = 0;
  while (size < rest.size() && is_digit(rest[size])) ++size;
  const std::string_view digits = rest.substr(0, size);
  rest.remove_prefix(size);
  return digits;
}

bool take_sign(std::string_view& rest) {
  if (rest.empty() || (rest[0] != '-' && rest[0] != '+')) return false;
  const bool negative = rest[0] == '-';
  rest.remove_prefix(1);
  return negative;
}

bool take_exponent(std::string_view& rest, int64_t& exponent) {
  if (rest.empty()) return true;
  if (rest[0] != 'e' && rest[0] != 'E') return false;
  rest.remove_prefix(1);
  const bool negative = take_sign(rest);
  const std::string_view digits = take_digits(rest);
  if (digits.empty() || !rest.empty()) return false;
  for (const char c : digits) {
    exponent = exponent * 10 + (c - '0');
    if (exponent > kMostExponent) return false;
  }
  if (negative) exponent = -exponent;
  return true;
}

bool split(std::string_view text, Parts& parts) {
  parts.negative = take_sign(text);
  parts.whole = take_digits(text);
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    parts.fraction = take_digits(text);
  }
  if (parts.whole.empty() && parts.fraction.empty()) return false;
  return take_exponent(text, parts.exponent);
}

std::string_view without_leading_zeros(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

std::string_view without_trailing_zeros(std::string_view digits) {
  return digits.substr(0, digits.find_last_not_of('0') + 1);
}

/// `digits` begin and end with another digit than 0.
void put_digits(CanonicalWriter& out, bool negative, std::string_view digits, int64_t exponent) {
  if (digits.size() > static_cast<size_t>(kSmallDigits)) return put_big(out, negative, exponent, digits);
  int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  put_small(out, negative ? -value : value, exponent);
}

}  // namespace

uint64_t canonical_bits(double value) {
  if (value == 0) value = 0;
  if (value != value) value = std::numeric_limits<double>::quiet_NaN();
  return std::bit_cast<uint64_t>(value);
}

SmallDecimal strip_zeros(int64_t digits, int64_t exponent) {
  if (digits == 0) return {};
  auto magnitude = static_cast<uint64_t>(digits < 0 ? -digits : digits);
  while (strip<8>(magnitude)) exponent += 8;
  if (strip<4>(magnitude)) exponent += 4;
  if (strip<2>(magnitude)) exponent += 2;
  if (strip<1>(magnitude)) exponent += 1;
  const auto stripped = static_cast<int64_t>(magnitude);
  return {digits < 0 ? -stripped : stripped, exponent};
}

void append_canonical_decimal(CanonicalWriter& out, Int128 unscaled, int scale) {
  int64_t exponent = -scale;
  if (unscaled > -kSmallDecimalLimit && unscaled < kSmallDecimalLimit) {
    const SmallDecimal small = strip_zeros(static_cast<int64_t>(unscaled), exponent);
    return put_small(out, small.digits, small.exponent);
  }
  const bool negative = unscaled < 0;
  char buffer[40];
  const auto magnitude =
      negative ? -static_cast<unsigned __int128>(unscaled) : static_cast<unsigned __int128>(unscaled);
  const std::string_view all = digits_of(magnitude, buffer);
  const std::string_view digits = without_trailing_zeros(all);
  put_digits(out, negative, digits, exponent + static_cast<int64_t>(all.size() - digits.size()));
}

void append_canonical_number(CanonicalWriter& out, std::string_view text) {
  Parts parts;
  if (!split(text, parts)) return put_no_number(out, text);
  std::string_view whole = without_leading_zeros(parts.whole);
  std::string_view fraction = without_trailing_zeros(parts.fraction);
  if (fraction.empty()) {
    const std::string_view digits = without_trailing_zeros(whole);
    return put_digits(out, parts.negative, digits, parts.exponent + static_cast<int64_t>(whole.size() - digits.size()));
  }
  const int64_t exponent = parts.exponent - static_cast<int64_t>(fraction.size());
  if (whole.empty()) return put_digits(out, parts.negative, without_leading_zeros(fraction), exponent);
  std::string digits;
  digits.reserve(whole.size() + fraction.size());
  digits.append(whole).append(fraction);
  put_digits(out, parts.negative, digits, exponent);
}

}  // namespace sluice::arrow
