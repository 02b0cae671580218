#include "copy/made_value.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "arrow/canonical.hpp"
#include "arrow/text.hpp"
#include "copy/convert_cast.hpp"

namespace sluice::copy {

namespace {

using arrow::Kind;
using workflow::Made;

// 2^53: from there on one double stands for several integers.
constexpr double kWholeLimit = 9007199254740992.0;
/// Digits below which value * 10^scale is off by so little that only ties need a closer look.
constexpr int kQuickDigits = 15;
constexpr double kTieWidth = 0x1p-48;

template <typename T>
void set_range(int64_t& least, int64_t& greatest) {
  least = std::numeric_limits<T>::min();
  greatest = static_cast<int64_t>(std::numeric_limits<T>::max());
}

void set_range(Kind kind, int64_t& least, int64_t& greatest) {
  switch (kind) {
    case Kind::int8: return set_range<int8_t>(least, greatest);
    case Kind::int16: return set_range<int16_t>(least, greatest);
    case Kind::int32: return set_range<int32_t>(least, greatest);
    case Kind::uint8: return set_range<uint8_t>(least, greatest);
    case Kind::uint16: return set_range<uint16_t>(least, greatest);
    case Kind::uint32: return set_range<uint32_t>(least, greatest);
    default: return set_range<int64_t>(least, greatest);
  }
}

double number_of(const MadeValue& value) { return std::bit_cast<double>(value.bits); }

std::optional<uint64_t> uint64_from_text(std::string_view text) {
  uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// "-12.50", "NaN", "Infinity": as the type `number` holds them.
bool is_number_text(std::string_view text) {
  if (text == "NaN" || text == "Infinity" || text == "-Infinity") return true;
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  const size_t point = text.find('.');
  const auto are_digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (point == std::string_view::npos) return are_digits(text);
  return are_digits(text.substr(0, point)) && are_digits(text.substr(point + 1));
}

int64_t count_characters(std::string_view text) {
  int64_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u ? 1 : 0;
  return count;
}

std::string expected_of(const arrow::Type& type, int64_t least, int64_t greatest) {
  switch (type.kind) {
    case Kind::boolean: return "true or false";
    case Kind::uint64: return "a whole number from 0 to 18446744073709551615";
    case Kind::float32:
    case Kind::float64: return "a number";
    case Kind::decimal: return "a number that fits " + arrow::to_text(type);
    case Kind::number: return "a number, or a text of digits";
    case Kind::text:
      return type.length > 0 ? "a text of at most " + std::to_string(type.length) + " characters" : "a text in UTF-8";
    case Kind::json: return "a text that is JSON";
    case Kind::binary: return "a text, taken as bytes";
    case Kind::date: return "a text YYYY-MM-DD";
    case Kind::time: return "a text HH:MM:SS";
    case Kind::timestamp: return "a text YYYY-MM-DD HH:MM:SS without zone";
    case Kind::timestamptz: return "a text YYYY-MM-DD HH:MM:SS+00";
    case Kind::uuid: return "a text that is a uuid";
    default: break;
  }
  if (least == std::numeric_limits<int64_t>::min()) {
    return "a whole number; beyond 2^53 a 64-bit integer (123LL) or a text of digits";
  }
  return "a whole number from " + std::to_string(least) + " to " + std::to_string(greatest);
}

}  // namespace

std::string to_text(const MadeValue& value) {
  constexpr size_t kShown = 200;
  switch (value.tag) {
    case Made::number: return "the number " + arrow::double_to_text(number_of(value));
    case Made::integer: return "the integer " + std::to_string(value.bits);
    case Made::uint64: return "the integer " + std::to_string(static_cast<uint64_t>(value.bits));
    case Made::boolean: return value.bits != 0 ? "true" : "false";
    case Made::text:
      return "'" + std::string(value.text.substr(0, kShown)) + (value.text.size() > kShown ? "..." : "") + "'";
    default: return "nothing (nil)";
  }
}

MadeValueWriter::MadeValueWriter(const arrow::Field& field) : field_(field) {
  set_range(field.type.kind, least_, greatest_);
  expected_ = expected_of(field.type, least_, greatest_);
  if (field.type.kind != Kind::decimal || field.type.scale > kQuickDigits) return;
  power_ = std::pow(10.0, field.type.scale);
  quick_limit_ = std::pow(10.0, std::min(field.type.precision, kQuickDigits)) - 1;
}

const char* MadeValueWriter::append(const MadeValue& value, arrow::ColumnBuilder& out) {
  if (value.tag == Made::null) {
    if (!field_.nullable) return "a value, for the column is NOT NULL";
    out.append_null();
    return nullptr;
  }
  switch (field_.type.kind) {
    case Kind::boolean:
      if (value.tag != Made::boolean) return expected_.c_str();
      out.append_int64(value.bits);
      return nullptr;
    case Kind::uint64: return append_uint64(value, out);
    case Kind::float32:
    case Kind::float64: return append_real(value, out);
    case Kind::decimal: return append_decimal(value, out);
    case Kind::number: return append_number(value, out);
    default: break;
  }
  if (is_integer(field_.type.kind)) return append_integer(value, out);
  return value.tag == Made::text ? append_text(value.text, out) : expected_.c_str();
}

const char* MadeValueWriter::append_integer(const MadeValue& value, arrow::ColumnBuilder& out) const {
  int64_t whole = value.bits;
  if (value.tag == Made::number) {
    const double number = number_of(value);
    if (!(std::fabs(number) <= kWholeLimit) || number != std::trunc(number)) return expected_.c_str();
    whole = static_cast<int64_t>(number);
  } else if (value.tag == Made::text) {
    const auto parsed = arrow::int64_from_text(value.text);
    if (!parsed) return expected_.c_str();
    whole = *parsed;
  } else if (value.tag == Made::boolean || (value.tag == Made::uint64 && value.bits < 0)) {
    return expected_.c_str();
  }
  if (whole < least_ || whole > greatest_) return expected_.c_str();
  out.append_int64(whole);
  return nullptr;
}

const char* MadeValueWriter::append_uint64(const MadeValue& value, arrow::ColumnBuilder& out) const {
  uint64_t whole = static_cast<uint64_t>(value.bits);
  if (value.tag == Made::number) {
    const double number = number_of(value);
    if (!(number >= 0 && number <= kWholeLimit) || number != std::trunc(number)) return expected_.c_str();
    whole = static_cast<uint64_t>(number);
  } else if (value.tag == Made::text) {
    const auto parsed = uint64_from_text(value.text);
    if (!parsed) return expected_.c_str();
    whole = *parsed;
  } else if (value.tag == Made::boolean || (value.tag == Made::integer && value.bits < 0)) {
    return expected_.c_str();
  }
  out.append_int64(static_cast<int64_t>(whole));
  return nullptr;
}

const char* MadeValueWriter::append_real(const MadeValue& value, arrow::ColumnBuilder& out) const {
  double number = 0;
  if (value.tag == Made::number) {
    number = number_of(value);
  } else if (value.tag == Made::integer) {
    number = static_cast<double>(value.bits);
  } else if (value.tag == Made::uint64) {
    number = static_cast<double>(static_cast<uint64_t>(value.bits));
  } else if (value.tag == Made::text) {
    const auto parsed = arrow::double_from_text(value.text);
    if (!parsed) return expected_.c_str();
    number = *parsed;
  } else {
    return expected_.c_str();
  }
  const bool is_too_large = field_.type.kind == Kind::float32 && std::isfinite(number) &&
                            std::fabs(number) > std::numeric_limits<float>::max();
  if (is_too_large) return "a number that a float of four bytes holds";
  out.append_double(number);
  return nullptr;
}

/// Away from ties, nearest is nearest whatever the last bits of the product are.
bool MadeValueWriter::round_quickly(double value, int64_t& unscaled) const {
  const double scaled = value * power_;
  if (!(std::fabs(scaled) < quick_limit_)) return false;
  // Adding 1.5 * 2^52 leaves no room for a fraction: it rounds to an integer without a call.
  constexpr double kRoundsToInteger = 6755399441055744.0;
  const double whole = (scaled + kRoundsToInteger) - kRoundsToInteger;
  if (std::fabs(std::fabs(scaled - whole) - 0.5) <= std::fabs(scaled) * kTieWidth) return false;
  unscaled = static_cast<int64_t>(whole);
  return true;
}

const char* MadeValueWriter::append_decimal(const MadeValue& value, arrow::ColumnBuilder& out) const {
  const int precision = field_.type.precision;
  const int scale = field_.type.scale;
  if (value.tag == Made::number) {
    int64_t unscaled = 0;
    if (round_quickly(number_of(value), unscaled)) {
      out.append_decimal(unscaled);
      return nullptr;
    }
    const auto rounded = decimal_from_real(number_of(value), precision, scale, Rounding::half_away, false);
    if (!rounded) return expected_.c_str();
    out.append_decimal(*rounded);
    return nullptr;
  }
  if (value.tag == Made::boolean) return expected_.c_str();
  const std::string digits = value.tag == Made::text      ? std::string(value.text)
                             : value.tag == Made::integer ? std::to_string(value.bits)
                                                          : std::to_string(static_cast<uint64_t>(value.bits));
  const auto exact = arrow::decimal_from_text(digits, precision, scale);
  if (!exact) return expected_.c_str();
  out.append_decimal(*exact);
  return nullptr;
}

const char* MadeValueWriter::append_number(const MadeValue& value, arrow::ColumnBuilder& out) const {
  switch (value.tag) {
    case Made::number: out.append_bytes(number_from_real(number_of(value), false)); return nullptr;
    case Made::integer: out.append_bytes(std::to_string(value.bits)); return nullptr;
    case Made::uint64: out.append_bytes(std::to_string(static_cast<uint64_t>(value.bits))); return nullptr;
    case Made::text:
      if (!is_number_text(value.text)) return expected_.c_str();
      out.append_bytes(value.text);
      return nullptr;
    default: return expected_.c_str();
  }
}

const char* MadeValueWriter::append_text(std::string_view text, arrow::ColumnBuilder& out) const {
  std::optional<int64_t> number;
  switch (field_.type.kind) {
    case Kind::text:
      if (!arrow::is_valid_utf8(text)) return "a text in UTF-8";
      if (field_.type.length > 0 && count_characters(text) > field_.type.length) return expected_.c_str();
      out.append_bytes(text);
      return nullptr;
    case Kind::json:
      if (!arrow::is_json(text)) return expected_.c_str();
      out.append_bytes(text);
      return nullptr;
    case Kind::binary: out.append_bytes(text); return nullptr;
    case Kind::uuid: {
      const auto bytes = arrow::uuid_from_text(text);
      if (!bytes) return expected_.c_str();
      out.append_bytes(*bytes);
      return nullptr;
    }
    case Kind::date:
      if (const auto days = arrow::date_from_text(text)) number = *days;
      break;
    case Kind::time: number = arrow::time_from_text(text); break;
    default: {
      const auto parsed = arrow::timestamp_from_text(text);
      if (parsed && !(field_.type.kind == Kind::timestamp && parsed->has_zone)) number = parsed->micros;
    }
  }
  if (!number) return expected_.c_str();
  out.append_int64(*number);
  return nullptr;
}

void append_same(const arrow::ColumnView& from, int64_t row, arrow::ColumnBuilder& out) {
  if (from.is_null(row)) return out.append_null();
  switch (from.type().kind) {
    case Kind::float32:
    case Kind::float64: return out.append_double(from.float64(row));
    case Kind::decimal: return out.append_decimal(from.decimal(row));
    case Kind::text:
    case Kind::number:
    case Kind::json:
    case Kind::binary:
    case Kind::uuid: return out.append_bytes(from.bytes(row));
    default: return out.append_int64(from.int64(row));
  }
}

}  // namespace sluice::copy
