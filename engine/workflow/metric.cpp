#include "workflow/metric.hpp"

#include <cmath>
#include <cstdio>

#include "base/units.hpp"

namespace sluice::workflow {
namespace {

constexpr int kPercentDecimals = 4;
constexpr int kMostPercentDecimals = 12;

std::string strip_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string fixed(double number, int decimals) {
  char text[400];
  std::snprintf(text, sizeof text, "%.*f", decimals, number);
  return strip_zeros(text);
}

/// n/d as a decimal text by integer division, cut (not rounded) after `decimals`, so that 99.99995% never reads 100%.
std::string divide_cut(__int128 numerator, __int128 denominator, int decimals) {
  const bool negative = (numerator < 0) != (denominator < 0);
  if (numerator < 0) numerator = -numerator;
  if (denominator < 0) denominator = -denominator;
  std::string digits = std::to_string(static_cast<unsigned long long>(numerator / denominator));
  __int128 rest = numerator % denominator;
  std::string decimal_digits;
  for (int i = 0; i < decimals && rest != 0; ++i) {
    rest *= 10;
    decimal_digits += static_cast<char>('0' + static_cast<int>(rest / denominator));
    rest %= denominator;
  }
  const std::string text = decimal_digits.empty() ? digits : digits + "." + decimal_digits;
  return (negative ? "-" : "") + strip_zeros(text);
}

/// More decimals than usual where a ratio would otherwise read as nothing or all.
std::string exact_percent(const MetricValue& value) {
  const __int128 numerator = static_cast<__int128>(value.numerator) * 100;
  const __int128 whole = numerator / value.denominator;
  for (int decimals = kPercentDecimals; decimals <= kMostPercentDecimals; ++decimals) {
    const std::string text = divide_cut(numerator, value.denominator, decimals);
    const bool reads_whole = text.find('.') == std::string::npos;
    if (!reads_whole || whole * value.denominator == numerator) return text + "%";
  }
  return (whole == 0 ? "nearly 0" : "nearly " + std::to_string(static_cast<long long>(whole))) + "%";
}

std::string number_text(const MetricValue& value) {
  if (!value.is_exact) {
    const double size = std::fabs(value.number);
    if (std::isinf(value.number)) return value.number > 0 ? "infinity" : "-infinity";
    const int decimals = size >= 1000 ? 0 : size >= 10 ? 1 : size >= 0.1 || size == 0 ? 2 : 6;
    const std::string text = fixed(value.number, decimals);
    return size >= 1000 && size < 9e18 ? count_to_text(std::llround(value.number)) : text;
  }
  if (value.denominator == 1) return count_to_text(value.numerator);
  return divide_cut(value.numerator, value.denominator, 6);
}

}  // namespace

bool MetricValue::has_data() const { return is_exact ? denominator != 0 : !std::isnan(number); }

double MetricValue::as_double() const {
  if (!is_exact) return number;
  if (denominator == 0) return std::nan("");
  return static_cast<double>(numerator) / static_cast<double>(denominator);
}

std::string to_text(const MetricValue& value, const std::string& unit) {
  if (!value.has_data()) return "no data";
  if (unit == "%") return value.is_exact ? exact_percent(value) : fixed(value.number * 100, kPercentDecimals) + "%";
  const std::string number = number_text(value);
  return unit.empty() ? number : number + " " + unit;
}

}  // namespace sluice::workflow
