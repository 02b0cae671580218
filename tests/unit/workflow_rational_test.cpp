#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "workflow/rational.hpp"

namespace sluice::workflow {
namespace {

constexpr Int128 kLarge = std::numeric_limits<int64_t>::max();

TEST(Rational, IsKeptInLowestTermsWithAPositiveDenominator) {
  const Rational half = Rational::make(-3, -6);
  EXPECT_TRUE(half.numerator() == 1 && half.denominator() == 2);
  const Rational minus_half = Rational::make(3, -6);
  EXPECT_TRUE(minus_half.numerator() == -1 && minus_half.denominator() == 2);
  EXPECT_EQ(Rational::make(0, 7), Rational());
}

TEST(Rational, CalculatesExactly) {
  const Rational third = Rational::make(1, 3), sixth = Rational::make(1, 6);
  EXPECT_EQ(third.plus(sixth), Rational::make(1, 2));
  EXPECT_EQ(third.minus(sixth), sixth);
  EXPECT_EQ(third.times(sixth), Rational::make(1, 18));
  EXPECT_EQ(third.divided_by(sixth), Rational::make(2, 1));
  EXPECT_EQ(third.divided_by(Rational()), std::nullopt);
}

TEST(Rational, OverflowIsAnAnswerNotAWrongNumber) {
  const Rational large = Rational::make(kLarge * kLarge, 1);
  EXPECT_EQ(large.times(large), std::nullopt);
  EXPECT_EQ(Rational::make(1, kLarge).times(Rational::make(1, kLarge))->times(Rational::make(1, kLarge)), std::nullopt);
  Rational sum = large;
  for (int i = 0; i < 3; ++i) {
    const auto more = sum.plus(sum);
    if (!more) return;
    sum = *more;
  }
  FAIL() << "the sum outgrew 128 bits unnoticed";
}

TEST(Rational, ComparesWhatProductsCouldNot) {
  const Rational a = Rational::make(kLarge * kLarge, kLarge * kLarge - 1);
  const Rational b = Rational::make(kLarge * kLarge - 1, kLarge * kLarge - 2);
  EXPECT_TRUE(a < b);
  EXPECT_TRUE(b > a);
  EXPECT_TRUE(a.negated() > b.negated());
}

TEST(Rational, OrdersLikeCrossProductsWhereThoseFit) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const auto draw = [&] { return static_cast<Int128>(static_cast<int64_t>(random() % 2001) - 1000); };
    const Int128 a = draw(), c = draw();
    const Int128 b = draw() + 1001, d = draw() + 1001;
    const auto expected = a * d <=> c * b;
    EXPECT_EQ(Rational::make(a, b) <=> Rational::make(c, d), expected);
  }
}

}  // namespace
}  // namespace sluice::workflow
