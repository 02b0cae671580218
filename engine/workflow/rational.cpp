#include "workflow/rational.hpp"

#include <utility>

namespace sluice::workflow {
namespace {

Int128 magnitude(Int128 number) { return number < 0 ? -number : number; }

Int128 greatest_common_divisor(Int128 a, Int128 b) {
  a = magnitude(a);
  b = magnitude(b);
  while (b != 0) a = std::exchange(b, a % b);
  return a == 0 ? 1 : a;
}

/// The smallest Int128 has no magnitude, so it counts as an overflow, too.
std::optional<Int128> unless_smallest(Int128 number) {
  if (number != 0 && number == -number) return std::nullopt;
  return number;
}

std::optional<Int128> multiply(Int128 a, Int128 b) {
  Int128 product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return unless_smallest(product);
}

std::optional<Int128> add(Int128 a, Int128 b) {
  Int128 sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return unless_smallest(sum);
}

Int128 floor_divide(Int128 a, Int128 b) {
  const Int128 quotient = a / b;
  return a % b != 0 && a < 0 ? quotient - 1 : quotient;
}

/// a/b against c/d by continued fractions: no product that could overflow. b and d are positive.
std::strong_ordering compare(Int128 a, Int128 b, Int128 c, Int128 d) {
  while (true) {
    const Int128 left = floor_divide(a, b);
    const Int128 right = floor_divide(c, d);
    if (left != right) return left < right ? std::strong_ordering::less : std::strong_ordering::greater;
    const Int128 left_rest = a - left * b;
    const Int128 right_rest = c - right * d;
    if (left_rest == 0 || right_rest == 0) {
      if (left_rest == right_rest) return std::strong_ordering::equal;
      return left_rest == 0 ? std::strong_ordering::less : std::strong_ordering::greater;
    }
    // left_rest/b < right_rest/d exactly when d/right_rest < b/left_rest.
    a = std::exchange(d, right_rest);
    c = std::exchange(b, left_rest);
    std::swap(b, d);
  }
}

}  // namespace

Rational Rational::make(Int128 numerator, Int128 denominator) {
  const Int128 divisor = greatest_common_divisor(numerator, denominator);
  const Int128 sign = denominator < 0 ? -1 : 1;
  return {sign * (numerator / divisor), sign * (denominator / divisor)};
}

std::optional<Rational> Rational::plus(const Rational& other) const {
  const Int128 divisor = greatest_common_divisor(denominator_, other.denominator_);
  const auto left = multiply(numerator_, other.denominator_ / divisor);
  const auto right = multiply(other.numerator_, denominator_ / divisor);
  const auto denominator = multiply(denominator_, other.denominator_ / divisor);
  if (!left || !right || !denominator) return std::nullopt;
  const auto numerator = add(*left, *right);
  if (!numerator) return std::nullopt;
  return make(*numerator, *denominator);
}

std::optional<Rational> Rational::minus(const Rational& other) const { return plus(other.negated()); }

std::optional<Rational> Rational::times(const Rational& other) const {
  const Int128 first = greatest_common_divisor(numerator_, other.denominator_);
  const Int128 second = greatest_common_divisor(other.numerator_, denominator_);
  const auto numerator = multiply(numerator_ / first, other.numerator_ / second);
  const auto denominator = multiply(denominator_ / second, other.denominator_ / first);
  if (!numerator || !denominator) return std::nullopt;
  return make(*numerator, *denominator);
}

std::optional<Rational> Rational::divided_by(const Rational& other) const {
  if (other.is_zero()) return std::nullopt;
  return times(make(other.denominator_, other.numerator_));
}

Rational Rational::negated() const { return {-numerator_, denominator_}; }

std::strong_ordering Rational::operator<=>(const Rational& other) const {
  return compare(numerator_, denominator_, other.numerator_, other.denominator_);
}

}  // namespace sluice::workflow
