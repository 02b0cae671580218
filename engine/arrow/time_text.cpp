#include <fmt/format.h>

#include <charconv>

#include "arrow/infinite.hpp"
#include "arrow/text.hpp"

/// Dates and times as ISO 8601 text. Calendar arithmetic is the proleptic Gregorian calendar, counted in eras of 400
/// years that begin on March 1st, so that the leap day is the last day of a year.
namespace sluice::arrow {

namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
constexpr int64_t kDaysPerEra = 146'097;
constexpr int64_t kDaysToEpoch = 719'468;  // from 0000-03-01 to 1970-01-01

struct CalendarDate {
  int64_t year;
  int month;
  int day;
};

int64_t floor_divide(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

CalendarDate calendar_date(int64_t days) {
  days += kDaysToEpoch;
  const int64_t era = floor_divide(days, kDaysPerEra);
  const int64_t day_of_era = days - era * kDaysPerEra;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t march_month = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * march_month + 2) / 5 + 1);
  const int month = static_cast<int>(march_month < 10 ? march_month + 3 : march_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

int64_t days_of(const CalendarDate& date) {
  const int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const int64_t era = floor_divide(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t march_month = date.month > 2 ? date.month - 3 : date.month + 9;
  const int64_t day_of_year = (153 * march_month + 2) / 5 + date.day - 1;
  return era * kDaysPerEra + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - kDaysToEpoch;
}

int days_in_month(int64_t year, int month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Takes one character off `text` when it is `wanted`.
bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

/// Takes exactly two digits off `text`, at most `most`; -1 where they are not there.
int take_two_digits(std::string_view& text, int most) {
  if (text.size() < 2 || !is_digit(text[0]) || !is_digit(text[1])) return -1;
  const int value = (text[0] - '0') * 10 + (text[1] - '0');
  text.remove_prefix(2);
  return value <= most ? value : -1;
}

/// Four digits, or a sign and at least four.
std::optional<int64_t> take_year(std::string_view& text) {
  const bool negative = !text.empty() && text.front() == '-';
  const bool has_sign = negative || (!text.empty() && text.front() == '+');
  if (has_sign) text.remove_prefix(1);
  size_t size = 0;
  while (size < text.size() && is_digit(text[size])) ++size;
  if (size < 4 || size > 7 || (size > 4 && !has_sign)) return std::nullopt;
  int64_t year = 0;
  std::from_chars(text.data(), text.data() + size, year);
  text.remove_prefix(size);
  return negative ? -year : year;
}

/// " BC", as PostgreSQL writes years before the year 1, from the end.
bool take_before_christ(std::string_view& text) {
  constexpr std::string_view kMark = " BC";
  if (text.size() < kMark.size() || text.substr(text.size() - kMark.size()) != kMark) return false;
  text.remove_suffix(kMark.size());
  return true;
}

std::optional<int64_t> take_date(std::string_view& text, bool is_before_christ) {
  std::optional<int64_t> year = take_year(text);
  if (!year || !take(text, '-')) return std::nullopt;
  if (is_before_christ && *year < 1) return std::nullopt;
  if (is_before_christ) year = 1 - *year;
  const int month = take_two_digits(text, 12);
  if (month < 1 || !take(text, '-')) return std::nullopt;
  const int day = take_two_digits(text, days_in_month(*year, month));
  if (day < 1) return std::nullopt;
  return days_of({*year, month, day});
}

/// ".123456" as microseconds; nullopt for no digit, or one behind the sixth that is not zero.
std::optional<int64_t> take_fraction(std::string_view& text) {
  int64_t micros = 0;
  int64_t weight = kMicrosPerSecond;
  size_t size = 0;
  for (; size < text.size() && is_digit(text[size]); ++size) {
    weight /= 10;
    if (weight == 0 && text[size] != '0') return std::nullopt;
    micros += (text[size] - '0') * weight;
  }
  text.remove_prefix(size);
  return size == 0 ? std::nullopt : std::optional(micros);
}

std::optional<int64_t> take_time(std::string_view& text) {
  const int hour = take_two_digits(text, 23);
  if (hour < 0 || !take(text, ':')) return std::nullopt;
  const int minute = take_two_digits(text, 59);
  if (minute < 0) return std::nullopt;
  int64_t micros = (hour * 60 + minute) * 60 * kMicrosPerSecond;
  if (!take(text, ':')) return micros;
  const int second = take_two_digits(text, 59);
  if (second < 0) return std::nullopt;
  micros += second * kMicrosPerSecond;
  if (!take(text, '.')) return micros;
  const std::optional<int64_t> fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  return micros + *fraction;
}

/// "Z", "+02", "+0200", "+02:00" as microseconds east of UTC.
std::optional<int64_t> take_zone(std::string_view& text) {
  if (take(text, 'Z')) return 0;
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const int hours = take_two_digits(text, 15);
  if (hours < 0) return std::nullopt;
  int minutes = 0;
  if (!text.empty()) {
    take(text, ':');
    minutes = take_two_digits(text, 59);
    if (minutes < 0) return std::nullopt;
  }
  const int64_t micros = (hours * 60 + minutes) * 60 * kMicrosPerSecond;
  return west ? -micros : micros;
}

std::optional<int64_t> join(int64_t days, int64_t micros) {
  int64_t total = 0;
  if (__builtin_mul_overflow(days, kMicrosPerDay, &total)) return std::nullopt;
  if (__builtin_add_overflow(total, micros, &total)) return std::nullopt;
  return total;
}

std::string calendar_text(int64_t days) {
  const CalendarDate date = calendar_date(days);
  if (date.year > 9999) return fmt::format("+{}-{:02}-{:02}", date.year, date.month, date.day);
  if (date.year < 0) return fmt::format("-{:04}-{:02}-{:02}", -date.year, date.month, date.day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

}  // namespace

std::string date_to_text(int32_t days) {
  if (is_infinite_day(days)) return days > 0 ? "infinity" : "-infinity";
  return calendar_text(days);
}

std::optional<int32_t> date_from_text(std::string_view text) {
  const bool is_before_christ = take_before_christ(text);
  const std::optional<int64_t> days = take_date(text, is_before_christ);
  if (!days || !text.empty() || *days != static_cast<int32_t>(*days) || is_infinite_day(*days)) return std::nullopt;
  return static_cast<int32_t>(*days);
}

std::string time_to_text(int64_t micros) {
  const int64_t seconds = micros / kMicrosPerSecond;
  const int64_t fraction = micros % kMicrosPerSecond;
  std::string text = fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (fraction == 0) return text;
  text += fmt::format(".{:06}", fraction);
  while (text.back() == '0') text.pop_back();
  return text;
}

std::optional<int64_t> time_from_text(std::string_view text) {
  if (text == "24:00:00") return kMicrosPerDay;  // SQL's end of a day
  const std::optional<int64_t> micros = take_time(text);
  return text.empty() ? micros : std::nullopt;
}

std::string timestamp_to_text(int64_t micros, bool zoned) {
  if (is_infinite_moment(micros)) return micros > 0 ? "infinity" : "-infinity";
  const int64_t rest = micros % kMicrosPerDay;
  const int64_t in_day = rest < 0 ? rest + kMicrosPerDay : rest;
  return calendar_text(floor_divide(micros, kMicrosPerDay)) + " " + time_to_text(in_day) + (zoned ? "+00" : "");
}

std::optional<ParsedTimestamp> timestamp_from_text(std::string_view text) {
  ParsedTimestamp parsed;
  const bool is_before_christ = take_before_christ(text);
  const std::optional<int64_t> days = take_date(text, is_before_christ);
  if (!days) return std::nullopt;
  int64_t in_day = 0;
  if (!text.empty()) {
    if (!take(text, ' ') && !take(text, 'T')) return std::nullopt;
    const std::optional<int64_t> time = take_time(text);
    if (!time) return std::nullopt;
    parsed.has_time = true;
    in_day = *time;
  }
  if (!text.empty()) {
    const std::optional<int64_t> east = take_zone(text);
    if (!east || !text.empty()) return std::nullopt;
    parsed.has_zone = true;
    in_day -= *east;
  }
  const std::optional<int64_t> micros = join(*days, in_day);
  if (!micros || is_infinite_moment(*micros)) return std::nullopt;
  parsed.micros = *micros;
  return parsed;
}

}  // namespace sluice::arrow
