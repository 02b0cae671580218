#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "arrow/builder.hpp"
#include "arrow/view.hpp"

/// Values as text and back: exact, without locale, the same on every store. Formatting is ISO 8601 for times
/// ("2026-01-31", "13:05:00.25", "2026-01-31 13:05:00", "2026-01-31 13:05:00+00"), fractions without trailing zeros.
/// Parsers answer nullopt for anything but a whole valid text.
namespace sluice::arrow {

std::string decimal_to_text(Int128 unscaled, int scale);
/// Exactly representable with this scale and within precision digits, else nullopt ("1.230" fits scale 2).
std::optional<Int128> decimal_from_text(std::string_view text, int precision, int scale);

/// Days since 1970-01-01, years 0001 to 9999 and beyond with sign.
std::string date_to_text(int32_t days);
std::optional<int32_t> date_from_text(std::string_view text);
std::string time_to_text(int64_t micros);
std::optional<int64_t> time_from_text(std::string_view text);
/// Microseconds since 1970-01-01 00:00.
std::string timestamp_to_text(int64_t micros, bool zoned);

struct ParsedTimestamp {
  int64_t micros = 0;   ///< in UTC when has_zone, as written otherwise
  bool has_zone = false;
  bool has_time = false;
};
/// "2026-01-31", with " " or "T" and "13:05[:00[.123456]]", with "Z", "+02", "+0200", "+02:00". More than six digits of
/// fraction only when the rest are zeros.
std::optional<ParsedTimestamp> timestamp_from_text(std::string_view text);

std::string uuid_to_text(std::string_view bytes16);
/// 32 hex digits, with or without hyphens and braces; 16 bytes.
std::optional<std::string> uuid_from_text(std::string_view text);

std::string bytes_to_hex(std::string_view bytes);
std::optional<std::string> bytes_from_hex(std::string_view hex);

/// The shortest text that reads back as the same double; "NaN", "Infinity", "-Infinity".
std::string double_to_text(double value);
std::optional<double> double_from_text(std::string_view text);
std::optional<int64_t> int64_from_text(std::string_view text);

bool is_valid_utf8(std::string_view text);

/// Any value of a column as text, for messages, text columns and differences. binary as hex behind "\\x". NULL is not
/// allowed here.
std::string value_to_text(const ColumnView& column, int64_t row);

}  // namespace sluice::arrow
