#include "numeric.hpp"

#include <array>
#include <cstring>
#include <vector>

namespace sluice::postgres::numeric {
namespace {

using UInt128 = unsigned __int128;

constexpr uint16_t kNegative = 0x4000, kNaN = 0xC000, kPlusInfinity = 0xD000, kMinusInfinity = 0xF000;
constexpr int kMaxFraction = 16383;
constexpr int kMaxInteger = 131072;

void put16(char* out, uint16_t value) {
  out[0] = static_cast<char>(value >> 8);
  out[1] = static_cast<char>(value);
}

uint16_t get16(const char* in) {
  return static_cast<uint16_t>(static_cast<uint8_t>(in[0]) << 8 | static_cast<uint8_t>(in[1]));
}

size_t put_header(char* out, int count, int weight, uint16_t sign, int scale) {
  put16(out, static_cast<uint16_t>(count));
  put16(out + 2, static_cast<uint16_t>(weight));
  put16(out + 4, sign);
  put16(out + 6, static_cast<uint16_t>(scale));
  return 8 + 2 * static_cast<size_t>(count);
}

constexpr std::array<uint32_t, 4> kAlign = {1, 1000, 100, 10};

/// The groups of `value`, lowest last, written at the end of `groups`; answers how many.
template <typename Unsigned>
int split_groups(Unsigned value, uint16_t* end) {
  int count = 0;
  while (value != 0) {
    *--end = static_cast<uint16_t>(value % 10000);
    value /= 10000;
    ++count;
  }
  return count;
}

constexpr Int128 power_of_ten(int exponent) {
  Int128 power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

constexpr auto kPowers = [] {
  std::array<Int128, 39> powers{};
  for (int i = 0; i < 39; ++i) powers[static_cast<size_t>(i)] = power_of_ten(i);
  return powers;
}();

}  // namespace

size_t encode_decimal(Int128 unscaled, int scale, char* out) {
  const bool is_negative = unscaled < 0;
  const UInt128 magnitude = is_negative ? -static_cast<UInt128>(unscaled) : static_cast<UInt128>(unscaled);
  if (magnitude == 0) return put_header(out, 0, 0, 0, scale);
  // The point must fall between two groups, so the lowest one may need zeros behind its digits.
  const uint32_t align = kAlign[static_cast<size_t>(scale & 3)];
  std::array<uint16_t, 12> groups;
  uint16_t* end = groups.data() + groups.size();
  int count = 0;
  if (magnitude <= (~uint64_t{0}) / 1000) {
    count = split_groups(static_cast<uint64_t>(magnitude) * align, end);
  } else {
    // align may overflow 128 bits: the lowest group is taken apart first.
    const uint32_t tail = 10000 / align;
    *--end = static_cast<uint16_t>(static_cast<uint32_t>(magnitude % tail) * align);
    count = 1 + split_groups(magnitude / tail, end);
    ++end;
  }
  const uint16_t* first = end - count;
  const int weight = count - (scale + 3) / 4 - 1;
  while (count > 0 && first[count - 1] == 0) --count;
  for (int i = 0; i < count; ++i) put16(out + 8 + 2 * i, first[i]);
  return put_header(out, count, weight, is_negative ? kNegative : 0, scale);
}

Fit decode_decimal(std::string_view binary, int precision, int scale, Int128& unscaled) {
  const int count = get16(binary.data());
  const int weight = static_cast<int16_t>(get16(binary.data() + 2));
  const uint16_t sign = get16(binary.data() + 4);
  if (sign != 0 && sign != kNegative) return Fit::not_a_number;
  if (count == 0) {
    unscaled = 0;
    return Fit::ok;
  }
  const char* groups = binary.data() + 8;
  // Digits before the point bound what may overflow below.
  if (weight * 4 + 1 > precision - scale && weight >= 0) {
    int digits = weight * 4;
    for (uint16_t first = get16(groups); first != 0; first = static_cast<uint16_t>(first / 10)) ++digits;
    if (digits > precision - scale) return Fit::too_large;
  }
  const int fraction_groups = count - weight - 1;
  Int128 value = 0;
  if (fraction_groups * 4 <= scale || fraction_groups <= 0) {
    for (int i = 0; i < count; ++i) value = value * 10000 + get16(groups + 2 * i);
    value *= kPowers[static_cast<size_t>(scale - fraction_groups * 4)];
  } else {
    int surplus = fraction_groups * 4 - scale;  // digits of the tail that must be zero
    int used = count;
    for (; used > 0 && surplus >= 4; surplus -= 4) {
      if (get16(groups + 2 * (used - 1)) != 0) return Fit::too_precise;
      --used;
    }
    for (int i = 0; i + 1 < used; ++i) value = value * 10000 + get16(groups + 2 * i);
    if (used > 0) {
      const auto cut = static_cast<uint16_t>(kPowers[static_cast<size_t>(surplus)]);
      const uint16_t last = get16(groups + 2 * (used - 1));
      if (last % cut != 0) return Fit::too_precise;
      value = value * (10000 / cut) + last / cut;
    }
  }
  if (value >= kPowers[static_cast<size_t>(precision)]) return Fit::too_large;
  unscaled = sign == kNegative ? -value : value;
  return Fit::ok;
}

std::string decode_text(std::string_view binary) {
  const int count = get16(binary.data());
  const int weight = static_cast<int16_t>(get16(binary.data() + 2));
  const uint16_t sign = get16(binary.data() + 4);
  const int scale = get16(binary.data() + 6);
  if (sign == kNaN) return "NaN";
  if (sign == kPlusInfinity) return "Infinity";
  if (sign == kMinusInfinity) return "-Infinity";
  const auto group = [&](int i) { return i >= 0 && i < count ? get16(binary.data() + 8 + 2 * i) : uint16_t{0}; };
  std::string integer, fraction;
  const auto append = [](std::string& text, uint16_t value) {
    const char digits[4] = {static_cast<char>('0' + value / 1000), static_cast<char>('0' + value / 100 % 10),
                            static_cast<char>('0' + value / 10 % 10), static_cast<char>('0' + value % 10)};
    text.append(digits, 4);
  };
  for (int i = 0; i <= weight; ++i) append(integer, group(i));
  integer.erase(0, integer.find_first_not_of('0'));
  for (int i = weight + 1; static_cast<int>(fraction.size()) < scale; ++i) append(fraction, group(i));
  fraction.resize(static_cast<size_t>(scale));
  return (sign == kNegative ? "-" : "") + (integer.empty() ? "0" : integer) + (scale > 0 ? "." + fraction : "");
}

namespace {

bool special_sign(std::string_view text, uint16_t& sign) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (lower == "nan") return sign = kNaN, true;
  if (lower == "infinity" || lower == "inf" || lower == "+infinity") return sign = kPlusInfinity, true;
  if (lower == "-infinity" || lower == "-inf") return sign = kMinusInfinity, true;
  return false;
}

/// A decimal text taken apart: its digits without point, and how many of them are behind the point (may be negative).
struct Digits {
  bool is_negative = false;
  std::string digits;
  int64_t fraction = 0;
};

bool read_exponent(std::string_view text, int64_t& exponent) {
  const bool is_negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 6) return false;
  exponent = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    exponent = exponent * 10 + (c - '0');
  }
  if (is_negative) exponent = -exponent;
  return true;
}

bool read_digits(std::string_view text, Digits& out) {
  size_t i = 0;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) out.is_negative = text[i++] == '-';
  bool has_point = false;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.' && !has_point) {
      has_point = true;
    } else if (text[i] >= '0' && text[i] <= '9') {
      out.digits += text[i];
      out.fraction += has_point ? 1 : 0;
    } else {
      return false;
    }
  }
  if (out.digits.empty()) return false;
  int64_t exponent = 0;
  if (i < text.size() && !read_exponent(text.substr(i + 1), exponent)) return false;
  out.fraction -= exponent;
  return true;
}

int needed_fraction(const Digits& number) {
  const size_t last = number.digits.find_last_not_of('0');
  if (last == std::string::npos) return 0;
  const int64_t zeros = static_cast<int64_t>(number.digits.size() - 1 - last);
  return static_cast<int>(number.fraction > zeros ? number.fraction - zeros : 0);
}

/// The digits of `text` from `at` on, as a number; `at` moves behind them.
uint64_t take_number(std::string_view text, size_t& at) {
  uint64_t number = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
    number = number * 10 + static_cast<uint64_t>(text[at] - '0');
  return number;
}

/// Plain numbers of at most 16 digits on each side of the point, which most are, without strings in between. False,
/// with nothing written, for all others.
bool encode_short(std::string_view text, std::string& out, int* fraction_digits) {
  constexpr size_t kMostDigits = 16;
  const bool is_negative = !text.empty() && text[0] == '-';
  size_t at = is_negative ? 1 : 0;
  const size_t begin = at;
  if (text.size() > begin + 2 * kMostDigits + 1) return false;
  uint64_t whole = take_number(text, at);
  const size_t digits = at - begin;
  const size_t point = at;
  uint64_t fraction = at < text.size() && text[at] == '.' ? take_number(text, ++at) : 0;
  const size_t scale = at > point ? at - point - 1 : 0;
  const bool is_plain = at == text.size() && digits > 0 && (at == point || scale > 0);
  if (!is_plain || digits > kMostDigits || scale > kMostDigits) return false;
  *fraction_digits = fraction == 0 ? 0 : static_cast<int>(scale);
  for (uint64_t rest = fraction; rest != 0 && rest % 10 == 0; rest /= 10) --*fraction_digits;

  // Four groups of four digits on each side.
  uint16_t groups[8];
  for (size_t i = scale; i < kMostDigits; ++i) fraction *= 10;
  for (int i = 3; i >= 0; --i, whole /= 10000, fraction /= 10000) {
    groups[i] = static_cast<uint16_t>(whole % 10000);
    groups[4 + i] = static_cast<uint16_t>(fraction % 10000);
  }
  int first = 0;
  int last = 8;
  while (first < last && groups[first] == 0) ++first;
  while (last > first && groups[last - 1] == 0) --last;
  const int count = last - first;
  char bytes[8 + 2 * 8];
  put_header(bytes, count, count == 0 ? 0 : 3 - first, is_negative && count > 0 ? kNegative : 0,
             static_cast<int>(scale));
  for (int i = 0; i < count; ++i) put16(bytes + 8 + 2 * i, groups[first + i]);
  out.append(bytes, static_cast<size_t>(8 + 2 * count));
  return true;
}

}  // namespace

bool encode_text(std::string_view text, std::string& out, int* fraction_digits) {
  if (encode_short(text, out, fraction_digits)) return true;
  uint16_t sign = 0;
  char header[8];
  *fraction_digits = 0;
  if (special_sign(text, sign)) {
    put_header(header, 0, 0, sign, 0);
    out.append(header, 8);
    return true;
  }
  Digits number;
  if (!read_digits(text, number)) return false;
  if (number.fraction > kMaxFraction || number.fraction < -kMaxInteger) return false;
  *fraction_digits = needed_fraction(number);
  const int scale = static_cast<int>(number.fraction > 0 ? number.fraction : 0);
  if (number.fraction < 0) number.digits.append(static_cast<size_t>(-number.fraction), '0');
  // Whole groups on both sides of the point.
  number.digits.append(static_cast<size_t>((4 - scale % 4) % 4), '0');
  number.digits.insert(0, (4 - number.digits.size() % 4) % 4, '0');
  if (number.digits.size() > static_cast<size_t>(kMaxInteger + kMaxFraction)) return false;
  std::vector<uint16_t> groups;
  for (size_t i = 0; i < number.digits.size(); i += 4) {
    const char* d = number.digits.data() + i;
    groups.push_back(
        static_cast<uint16_t>((d[0] - '0') * 1000 + (d[1] - '0') * 100 + (d[2] - '0') * 10 + (d[3] - '0')));
  }
  int weight = static_cast<int>(groups.size()) - (scale + 3) / 4 - 1;
  while (!groups.empty() && groups.back() == 0) groups.pop_back();
  size_t leading = 0;
  while (leading < groups.size() && groups[leading] == 0) ++leading;
  weight -= static_cast<int>(leading);
  groups.erase(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(leading));
  const bool is_zero = groups.empty();
  put_header(header, static_cast<int>(groups.size()), is_zero ? 0 : weight,
             number.is_negative && !is_zero ? kNegative : 0, scale);
  out.append(header, 8);
  for (const uint16_t group : groups) {
    put16(header, group);
    out.append(header, 2);
  }
  return true;
}

}  // namespace sluice::postgres::numeric
