#include "base/clock.hpp"

#include <fmt/format.h>
#include <time.h>

#include <cstdio>

namespace sluice {

std::string calendar_to_text(Clock::Calendar time) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(millis);
  const time_t when = static_cast<time_t>(seconds.count());
  tm parts{};
  gmtime_r(&when, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, (millis - seconds).count());
}

std::optional<Clock::Calendar> calendar_from_text(std::string_view text) {
  const std::string whole(text);
  tm parts{};
  int millis = 0;
  const int found = std::sscanf(whole.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &parts.tm_year, &parts.tm_mon,
                                &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &millis);
  if (found != 7) return std::nullopt;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  const Clock::Calendar time =
      std::chrono::system_clock::from_time_t(timegm(&parts)) + std::chrono::milliseconds(millis);
  // Only what writes back as the same text was a time: no 31st of February, no missing digit, nothing behind it.
  return calendar_to_text(time) == whole ? std::optional(time) : std::nullopt;
}

}  // namespace sluice
