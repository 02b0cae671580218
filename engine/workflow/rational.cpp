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

std::optional<Int128> multiply(Int128 a, Int128 b) {
  Int128 product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
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
    a = std::exchange(d, left_rest);
    c = std::exchange(b, right_rest);
    std::swap(a, c);
    std::swap(b, d);
    std::swap(a, c);
    std::swap(b, d);
    std::swap(a, c);
    std::swap(b, d);
  }
}

}  // namespace
}  // namespace sluice::workflow
