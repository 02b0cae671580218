#pragma once

#include <mysql.h>

#include <cstdint>
#include <string>
#include <string_view>

/// Values of the binary protocol, as a row of a prepared statement brings them. The layout is the one of the client/server
/// protocol's documentation, "Binary Protocol Resultset Row".
namespace sluice::mysql {

/// A date, a date with time, or a span of time (then `is_negative`, and hours may exceed a day).
struct Moment {
  int year = 0, month = 0, day = 0;
  int64_t hours = 0;
  int minute = 0, second = 0;
  int32_t micros = 0;
  bool is_negative = false;

  /// 0000-00-00, or a date without month or day.
  bool is_zero_date() const { return month == 0 || day == 0; }
};

struct WireValue {
  enum class Form { integer = 1, natural, real, bytes, date, datetime, span } form = Form::bytes;
  int64_t integer = 0;  ///< natural: its bits
  double real = 0;
  std::string_view bytes;  ///< of the row's buffer
  Moment moment;
};

/// Where the value that begins at `at` ends.
const unsigned char* skip_wire(enum_field_types type, const unsigned char* at);

/// Reads the value that begins at `at`.
WireValue read_wire(enum_field_types type, bool is_unsigned, const unsigned char* at);

/// "2026-01-31", "2026-01-31 13:05:00.25", "-838:59:59": as the server writes them, zero dates too.
std::string moment_to_text(const Moment& moment, WireValue::Form form);

/// Days since 1970-01-01. Not for zero dates.
int32_t days_of(const Moment& moment);
/// Microseconds since 1970-01-01 00:00, or of the span itself.
int64_t micros_of(const Moment& moment, WireValue::Form form);

}  // namespace sluice::mysql
