#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// The two clocks. Calendar: soaks, holds, expiry, what reports show; it may be virtual. Stopwatch: timeouts, retries,
/// leases; it never jumps. Any thread may ask.
class Clock {
 public:
  using Calendar = std::chrono::system_clock::time_point;
  using Stopwatch = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  virtual Calendar calendar_now() const = 0;
  virtual Stopwatch stopwatch_now() const = 0;
};

class SystemClock : public Clock {
 public:
  Calendar calendar_now() const override { return std::chrono::system_clock::now(); }
  Stopwatch stopwatch_now() const override { return std::chrono::steady_clock::now(); }
};

/// Stands still until it is advanced by hand.
class VirtualClock : public Clock {
 public:
  explicit VirtualClock(Calendar start = Calendar{}) : start_(start) {}

  Calendar calendar_now() const override { return start_ + std::chrono::milliseconds(calendar_.load()); }
  Stopwatch stopwatch_now() const override { return Stopwatch{} + std::chrono::milliseconds(stopwatch_.load()); }

  /// Both clocks.
  void advance(std::chrono::milliseconds by) {
    calendar_ += by.count();
    stopwatch_ += by.count();
  }
  /// The calendar alone: as when someone sets it, or a rehearsal skips a soak. May go back.
  void advance_calendar(std::chrono::milliseconds by) { calendar_ += by.count(); }

 private:
  const Calendar start_;
  std::atomic<int64_t> calendar_{0};
  std::atomic<int64_t> stopwatch_{0};
};

/// "2026-01-31T13:05:00.123Z": UTC, milliseconds.
std::string calendar_to_text(Clock::Calendar time);
/// Reads calendar_to_text's text; nullopt for any other.
std::optional<Clock::Calendar> calendar_from_text(std::string_view text);

}  // namespace sluice
