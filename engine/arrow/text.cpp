#include "arrow/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/utf8.hpp"

namespace sluice::arrow {

namespace {

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

template <typename Real>
std::string real_to_text(Real value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return fmt::format("{}", value);
}

}  // namespace

bool is_valid_utf8(std::string_view text) { return utf8_valid_prefix(text) == text.size(); }

std::string bytes_to_hex(std::string_view bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    hex += kDigits[value >> 4];
    hex += kDigits[value & 15];
  }
  return hex;
}

std::optional<std::string> bytes_from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_digit(hex[i]);
    const int low = hex_digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string uuid_to_text(std::string_view bytes16) {
  std::string text = bytes_to_hex(bytes16.substr(0, 16));
  for (const size_t place : {8, 13, 18, 23}) {
    if (place <= text.size()) text.insert(place, "-");
  }
  return text;
}

std::optional<std::string> uuid_from_text(std::string_view text) {
  if (text.size() >= 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, text.size() - 2);
  if (text.size() == 32) return bytes_from_hex(text);
  if (text.size() != 36) return std::nullopt;
  std::string hex;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool hyphen_place = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen_place != (text[i] == '-')) return std::nullopt;
    if (!hyphen_place) hex += text[i];
  }
  return bytes_from_hex(hex);
}

std::string double_to_text(double value) { return real_to_text(value); }

std::optional<double> double_from_text(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  const size_t first = !text.empty() && text.front() == '-' ? 1 : 0;
  // from_chars would also take "inf" and "nan", which are words and no numbers.
  if (text.size() <= first || (text[first] != '.' && (text[first] < '0' || text[first] > '9'))) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int64_t> int64_from_text(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string value_to_text(const ColumnView& column, int64_t row) {
  switch (column.type().kind) {
    case Kind::boolean: return column.int64(row) != 0 ? "true" : "false";
    case Kind::int8:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
    case Kind::uint8:
    case Kind::uint16:
    case Kind::uint32: return std::to_string(column.int64(row));
    case Kind::uint64: return std::to_string(static_cast<uint64_t>(column.int64(row)));
    case Kind::float32: return real_to_text(static_cast<float>(column.float64(row)));
    case Kind::float64: return real_to_text(column.float64(row));
    case Kind::decimal: return decimal_to_text(column.decimal(row), column.type().scale);
    case Kind::number:
    case Kind::text:
    case Kind::json: return std::string(column.bytes(row));
    case Kind::binary: return "\\x" + bytes_to_hex(column.bytes(row));
    case Kind::date: return date_to_text(static_cast<int32_t>(column.int64(row)));
    case Kind::time: return time_to_text(column.int64(row));
    case Kind::timestamp: return timestamp_to_text(column.int64(row), false);
    case Kind::timestamptz: return timestamp_to_text(column.int64(row), true);
    case Kind::uuid: return uuid_to_text(column.bytes(row));
  }
  throw Error(Code::internal, "a column of unknown kind " + std::to_string(static_cast<int>(column.type().kind)));
}

}  // namespace sluice::arrow
