#include "steps/throttle.hpp"

#include <algorithm>
#include <thread>

namespace sluice::steps {

Throttle::Clock::time_point Throttle::reserve(int64_t amount) {
  const std::chrono::duration<double> price(static_cast<double>(amount) / static_cast<double>(per_second_));
  const std::lock_guard lock(mutex_);
  free_at_ = std::max(free_at_, Clock::now()) + std::chrono::duration_cast<Clock::duration>(price);
  return free_at_;
}

void Throttle::take(int64_t amount, const std::function<void()>& check) {
  constexpr auto kLook = std::chrono::milliseconds(50);
  const Clock::time_point until = reserve(amount);
  for (auto now = Clock::now(); now < until; now = Clock::now()) {
    check();
    std::this_thread::sleep_for(std::min<Clock::duration>(until - now, kLook));
  }
}

}  // namespace sluice::steps
