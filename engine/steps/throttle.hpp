#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>

namespace sluice::steps {

/// Keeps work below a rate, over all threads that take from it: each take is let through when those before it are paid for. So
/// nothing is saved up while nobody takes.
class Throttle {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Throttle(int64_t per_second) : per_second_(per_second) {}

  /// Waits until `amount` may be used; calls `check` (which may throw) several times a second meanwhile.
  void take(int64_t amount, const std::function<void()>& check);

 private:
  Clock::time_point reserve(int64_t amount);

  const int64_t per_second_;
  std::mutex mutex_;
  Clock::time_point free_at_{};  // guarded by mutex_: when all that was taken so far is paid for
};

}  // namespace sluice::steps
