#include "classes.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sluice::json {

namespace {

/// Exponents beyond that mean the same to every store.
constexpr int kMostDigits = 1000000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool integer_from_token(std::string_view token, int64_t& value) {
  if (token.size() > 20 || token == "-0") return false;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  return error == std::errc() && end == token.data() + token.size();
}

Size size_of_number(std::string_view token) {
  const size_t exponent_at = std::min(token.find_first_of("eE"), token.size());
  const std::string_view mantissa = token.substr(0, exponent_at);
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  const int sign = !mantissa.empty() && (mantissa[0] == '-' || mantissa[0] == '+') ? 1 : 0;
  int exponent = 0;
  if (exponent_at < token.size()) {
    const char* begin = token.data() + exponent_at + 1;
    if (*begin == '+') ++begin;
    const auto [end, error] = std::from_chars(begin, token.data() + token.size(), exponent);
    if (error != std::errc()) exponent = *begin == '-' ? -kMostDigits : kMostDigits;
    exponent = std::clamp(exponent, -kMostDigits, kMostDigits);
  }
  const int whole = static_cast<int>(point) - sign;
  const int behind = point < mantissa.size() ? static_cast<int>(mantissa.size() - point) - 1 : 0;
  return {std::max(whole + exponent, 0), std::max(behind - exponent, 0)};
}

bool is_plain_number(std::string_view text) {
  size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  size_t digits = 0;
  bool has_point = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !has_point) {
      has_point = true;
    } else if (is_digit(text[at])) {
      ++digits;
    } else {
      return false;
    }
  }
  return digits > 0;
}

bool is_boolean_word(std::string_view text) {
  constexpr std::array<std::string_view, 8> kWords = {"t", "f", "true", "false", "y", "n", "yes", "no"};
  const auto same = [&](std::string_view word) {
    return std::equal(word.begin(), word.end(), text.begin(), text.end(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b); });
  };
  return text.size() <= 5 && std::any_of(kWords.begin(), kWords.end(), same);
}

bool is_hex(std::string_view text) {
  return text.size() % 2 == 0 && text.substr(0, 2) == "\\x" &&
         std::all_of(text.begin() + 2, text.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_plain_uuid(std::string_view text) {
  return text.size() == 36 && std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace sluice::json
