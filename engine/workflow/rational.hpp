#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace sluice::workflow {

/// A 128-bit integer; a GNU extension, which -Wpedantic would complain about everywhere else.
__extension__ typedef __int128 Int128;

/// An exact number n/d in lowest terms with d > 0. Operations that would overflow 128 bits answer nullopt; comparing
/// never overflows. A value.
class Rational {
 public:
  Rational() = default;
  /// `denominator` must not be 0.
  static Rational make(Int128 numerator, Int128 denominator);

  Int128 numerator() const { return numerator_; }
  Int128 denominator() const { return denominator_; }
  bool is_zero() const { return numerator_ == 0; }
  double as_double() const { return static_cast<double>(numerator_) / static_cast<double>(denominator_); }

  std::optional<Rational> plus(const Rational& other) const;
  std::optional<Rational> minus(const Rational& other) const;
  std::optional<Rational> times(const Rational& other) const;
  /// Also nullopt for a division by zero; ask is_zero() first.
  std::optional<Rational> divided_by(const Rational& other) const;
  Rational negated() const;

  friend bool operator==(const Rational&, const Rational&) = default;
  std::strong_ordering operator<=>(const Rational& other) const;

 private:
  Rational(Int128 numerator, Int128 denominator) : numerator_(numerator), denominator_(denominator) {}

  Int128 numerator_ = 0;
  Int128 denominator_ = 1;
};

}  // namespace sluice::workflow
