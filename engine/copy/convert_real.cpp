#include "copy/convert_real.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace sluice::copy {

namespace {

using arrow::Int128;

/// Powers up to here are exact doubles.
constexpr int kExactPowers = 22;
constexpr std::array<double, kExactPowers + 1> kDoublePowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int kDoubleDigits = 15;
constexpr int kMostDigits = 38;

constexpr std::array<Int128, kMostDigits + 1> make_powers() {
  std::array<Int128, kMostDigits + 1> powers{};
  powers[0] = 1;
  for (int i = 1; i <= kMostDigits; ++i) powers[static_cast<size_t>(i)] = powers[static_cast<size_t>(i - 1)] * 10;
  return powers;
}
constexpr auto kPowers = make_powers();

/// value = digits * 10^exponent, digits without trailing zeros.
struct Shortest {
  bool negative = false;
  int64_t digits = 0;
  int exponent = 0;
};

Shortest shortest_of(double value, bool is_single) {
  std::array<char, 40> buffer;
  char* const begin = buffer.data();
  char* const end = begin + buffer.size();
  const auto written = is_single ? std::to_chars(begin, end, static_cast<float>(value), std::chars_format::scientific)
                                 : std::to_chars(begin, end, value, std::chars_format::scientific);
  Shortest shortest;
  const char* at = begin;
  if (*at == '-') {
    shortest.negative = true;
    ++at;
  }
  int behind_point = -1;
  for (; *at != 'e'; ++at) {
    if (*at == '.') {
      behind_point = 0;
      continue;
    }
    shortest.digits = shortest.digits * 10 + (*at - '0');
    if (behind_point >= 0) ++behind_point;
  }
  ++at;
  const bool is_negative = *at == '-';
  int exponent = 0;
  std::from_chars(at + 1, written.ptr, exponent);
  shortest.exponent = (is_negative ? -exponent : exponent) - (behind_point > 0 ? behind_point : 0);
  while (shortest.digits != 0 && shortest.digits % 10 == 0) {
    shortest.digits /= 10;
    ++shortest.exponent;
  }
  return shortest;
}

std::optional<Int128> scale_up(const Shortest& shortest, int shift, int precision) {
  if (shortest.digits == 0) return Int128{0};
  if (shift > precision) return std::nullopt;
  const Int128 limit = kPowers[static_cast<size_t>(precision)];
  const Int128 power = kPowers[static_cast<size_t>(shift)];
  if (shortest.digits > (limit - 1) / power) return std::nullopt;
  return shortest.digits * power;
}

std::optional<Int128> scale_down(const Shortest& shortest, int shift, int precision, Rounding rounding) {
  if (shortest.digits == 0) return Int128{0};
  if (rounding == Rounding::exact) return std::nullopt;
  if (shift > kMostDigits) return Int128{0};
  const Int128 power = kPowers[static_cast<size_t>(shift)];
  const Int128 rounded = (shortest.digits + power / 2) / power;
  if (rounded >= kPowers[static_cast<size_t>(precision)]) return std::nullopt;
  return rounded;
}

std::optional<Int128> decimal_by_text(double value, int precision, int scale, Rounding rounding, bool is_single) {
  if (!std::isfinite(value)) return std::nullopt;
  const Shortest shortest = shortest_of(value, is_single);
  const int shift = shortest.exponent + scale;
  const auto magnitude =
      shift >= 0 ? scale_up(shortest, shift, precision) : scale_down(shortest, -shift, precision, rounding);
  if (!magnitude) return std::nullopt;
  return shortest.negative ? -*magnitude : *magnitude;
}

}  // namespace

ShortDecimals::ShortDecimals(int precision, int scale) {
  if (scale < 0 || scale > kExactPowers) return;
  power_ = kDoublePowers[static_cast<size_t>(scale)];
  limit_ = kDoublePowers[static_cast<size_t>(std::min(precision, kDoubleDigits))];
}

Int128 power_of_ten(int exponent) { return kPowers[static_cast<size_t>(exponent)]; }

std::optional<Int128> decimal_from_real(double value, int precision, int scale, Rounding rounding, bool is_single) {
  int64_t unscaled = 0;
  if (ShortDecimals(precision, is_single ? -1 : scale).convert(value, unscaled)) return Int128{unscaled};
  return decimal_by_text(value, precision, scale, rounding, is_single);
}

std::string number_from_real(double value, bool is_single) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  const Shortest shortest = shortest_of(value, is_single);
  std::string digits = std::to_string(shortest.digits);
  if (shortest.exponent >= 0) {
    digits.append(static_cast<size_t>(shortest.exponent), '0');
  } else {
    const auto places = static_cast<size_t>(-shortest.exponent);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, ".");
  }
  return shortest.negative && shortest.digits != 0 ? "-" + digits : digits;
}

}  // namespace sluice::copy
