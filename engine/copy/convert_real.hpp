#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "arrow/builder.hpp"

/// Doubles to exact decimals, always by their shortest decimal text: the digits that a person sees.
namespace sluice::copy {

enum class Rounding { half_away = 1, exact };

/// The common case, inline: decimals of up to 15 digits that the double is the nearest one to. Two such decimals are
/// never the same double, so the one that reads back is the double's shortest text.
class ShortDecimals {
 public:
  /// A negative scale, or one whose power is no exact double: convert always answers false.
  ShortDecimals(int precision, int scale);
  /// False: not one of them, take the long way.
  bool convert(double value, int64_t& unscaled) const {
    // Adding 1.5 * 2^52 leaves no room for a fraction: it rounds to an integer without a call.
    constexpr double kRoundsToInteger = 6755399441055744.0;
    const double rounded = (value * power_ + kRoundsToInteger) - kRoundsToInteger;
    if (!(std::fabs(rounded) < limit_) || rounded / power_ != value) return false;
    unscaled = static_cast<int64_t>(rounded);
    return true;
  }

 private:
  double power_ = 1;
  double limit_ = 0;
};

/// The unscaled value at `scale`; nullopt where it has more digits than `precision` (or, under exact, than the scale),
/// or is NaN or infinite. `is_single`: the value was a float of four bytes.
std::optional<arrow::Int128> decimal_from_real(double value, int precision, int scale, Rounding rounding,
                                               bool is_single);

/// Plain decimal text without exponent; "NaN", "Infinity", "-Infinity".
std::string number_from_real(double value, bool is_single);

/// 10^exponent, for 0 to 38.
arrow::Int128 power_of_ten(int exponent);

}  // namespace sluice::copy
