#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "arrow/text.hpp"
#include "catalog/cast_limits.hpp"
#include "copy/convert_named.hpp"
#include "copy/convert_real.hpp"

/// Numbers and texts to dates and times.
namespace sluice::copy {

namespace {

using arrow::Int128;
using arrow::Kind;

constexpr int kMostDigits = 38;
constexpr int64_t kMicrosPerDay = 86'400'000'000;

/// The number in a row as an exact multiple of 10^-scale. Doubles are rounded there by their shortest text; texts and
/// decimals must fit.
std::optional<Int128> scaled_at(const arrow::ColumnView& in, int64_t row, int scale) {
  const arrow::Type& type = in.type();
  switch (type.kind) {
    case Kind::float32:
    case Kind::float64:
      return decimal_from_real(in.float64(row), kMostDigits, scale, Rounding::half_away, type.kind == Kind::float32);
    case Kind::text:
    case Kind::number: return arrow::decimal_from_text(in.bytes(row), kMostDigits, scale);
    case Kind::decimal:
      return arrow::decimal_from_text(arrow::decimal_to_text(in.decimal(row), type.scale), kMostDigits, scale);
    case Kind::uint64: return Int128{static_cast<uint64_t>(in.int64(row))} * power_of_ten(scale);
    default: return Int128{in.int64(row)} * power_of_ten(scale);
  }
}

/// The digits behind the point that make one unit a microsecond.
int digits_of_unit(const std::string& name) { return name == "unix_seconds" ? 6 : name == "unix_millis" ? 3 : 0; }

const char* name_of_unit(const std::string& name) {
  return name == "unix_seconds" ? "seconds" : name == "unix_millis" ? "milliseconds" : "microseconds";
}

void unix_to_moment(const ColumnCast& cast) {
  const std::string& name = cast.step->call.name;
  const int scale = digits_of_unit(name);
  const catalog::CastRange range = *catalog::range_of("unix_micros");
  cast.for_each([&](int64_t row) {
    const auto micros = scaled_at(cast.in, row, scale);
    if (!micros || *micros < range.least || *micros > range.most)
      cast.refuse(
          row, std::string(name_of_unit(name)) + " since 1970 within the years 0001 to 9999, exact to the microsecond");
    cast.out.append_int64(static_cast<int64_t>(*micros));
  });
}

void days_to_date(const ColumnCast& cast) {
  const catalog::CastRange range = *catalog::range_of("epoch_days");
  const bool is_real = is_float(cast.from().kind);
  cast.for_each([&](int64_t row) {
    const bool is_whole = !is_real || cast.in.float64(row) == std::trunc(cast.in.float64(row));
    const auto days = is_whole ? scaled_at(cast.in, row, 0) : std::nullopt;
    if (!days || *days < range.least || *days > range.most)
      cast.refuse(row, "whole days since 1970-01-01 within the years 0001 to 9999");
    cast.out.append_int64(static_cast<int64_t>(*days));
  });
}

/// As SQLite does it: the nearest millisecond.
std::optional<int64_t> micros_of_julian(double day) {
  constexpr double kMillisPerDay = 86'400'000.0;
  constexpr int64_t kEpochMillis = 210'866'760'000'000;  // 1970-01-01 is the julian day 2440587.5
  constexpr double kMostDay = 5'373'484.5;               // the end of 9999, where SQLite's dates end, too
  if (!(day >= 0) || day >= kMostDay) return std::nullopt;
  return (static_cast<int64_t>(day * kMillisPerDay + 0.5) - kEpochMillis) * 1000;
}

std::optional<double> real_at(const arrow::ColumnView& in, int64_t row) {
  if (is_float(in.type().kind)) return in.float64(row);
  return arrow::double_from_text(arrow::value_to_text(in, row));
}

void julian_to_moment(const ColumnCast& cast) {
  const catalog::CastRange range = *catalog::range_of("unix_micros");
  cast.for_each([&](int64_t row) {
    const auto day = real_at(cast.in, row);
    const auto micros = day ? micros_of_julian(*day) : std::nullopt;
    if (!micros || *micros < range.least) cast.refuse(row, "a julian day within the years 0001 to 9999");
    cast.out.append_int64(*micros);
  });
}

bool is_digits(std::string_view text, size_t begin, size_t size) {
  if (text.size() < begin + size) return false;
  return std::ranges::all_of(text.substr(begin, size), [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// ISO's other spellings as the one that our parser reads: 20260131, 20260131T1305[00], a small t or z, a comma before
/// the fraction, a space before the zone.
std::string with_marks(std::string_view text) {
  constexpr size_t kDate = 8;
  std::string spelled(text);
  if (is_digits(spelled, 0, kDate))
    spelled = spelled.substr(0, 4) + "-" + spelled.substr(4, 2) + "-" + spelled.substr(6);
  constexpr size_t kTime = 11;
  if (spelled.size() <= kTime) return spelled;
  if (spelled[kTime - 1] == 't') spelled[kTime - 1] = 'T';
  if (spelled.back() == 'z') spelled.back() = 'Z';
  if (is_digits(spelled, kTime, 4)) {
    if (is_digits(spelled, kTime + 4, 2)) spelled.insert(kTime + 4, ":");
    spelled.insert(kTime + 2, ":");
  }
  std::ranges::replace(spelled, ',', '.');
  const size_t space = spelled.find(' ', kTime);
  const bool before_zone = space != std::string::npos && space + 1 < spelled.size() &&
                           std::string_view("Z+-").find(spelled[space + 1]) != std::string_view::npos;
  if (before_zone) spelled.erase(space, 1);
  return spelled;
}

std::optional<arrow::ParsedTimestamp> moment_of(std::string_view text) {
  auto parsed = arrow::timestamp_from_text(text);
  return parsed ? parsed : arrow::timestamp_from_text(with_marks(text));
}

void iso_to_moment(const ColumnCast& cast) {
  const bool takes_zone = cast.to().kind == Kind::timestamptz;
  cast.for_each([&](int64_t row) {
    const auto parsed = moment_of(cast.in.bytes(row));
    if (!parsed) cast.refuse(row, "an ISO timestamp such as 2026-01-31T13:05:00.25Z");
    if (parsed->has_zone && !takes_zone) cast.refuse(row, "an ISO timestamp without zone");
    cast.out.append_int64(parsed->micros);
  });
}

void iso_to_date(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const auto parsed = moment_of(cast.in.bytes(row));
    const bool is_day = parsed && !parsed->has_zone && parsed->micros % kMicrosPerDay == 0;
    if (!is_day) cast.refuse(row, "an ISO date such as 2026-01-31, without a time of day");
    cast.out.append_int64(parsed->micros / kMicrosPerDay);
  });
}

/// 0000-00-00, 2026-00-00 10:00:00: no such day in any calendar.
bool is_zero_date(std::string_view text) {
  constexpr size_t kDate = 10;
  if (!is_digits(text, 0, 4) || !is_digits(text, 5, 2) || !is_digits(text, 8, 2) || text[4] != '-' || text[7] != '-')
    return false;
  if (text.size() > kDate && text[kDate] != ' ' && text[kDate] != 'T') return false;
  return text.substr(5, 2) == "00" || text.substr(8, 2) == "00" || text.substr(0, 4) == "0000";
}

void zero_date_to_null(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const std::string_view text = cast.in.bytes(row);
    is_zero_date(text) ? cast.out.append_null() : cast.out.append_bytes(text);
  });
}

}  // namespace

CastFunction find_moment_cast(const std::string& name, const arrow::Type&) {
  if (name.rfind("unix_", 0) == 0) return unix_to_moment;
  if (name == "epoch_days") return days_to_date;
  if (name == "julian_day") return julian_to_moment;
  if (name == "iso_timestamp") return iso_to_moment;
  if (name == "iso_date") return iso_to_date;
  return name == "zero_date_null" ? zero_date_to_null : nullptr;
}

}  // namespace sluice::copy
