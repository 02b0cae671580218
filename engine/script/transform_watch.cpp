#include "script/transform_watch.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/escape.hpp"
#include "base/units.hpp"

namespace sluice::script {
namespace {

constexpr std::chrono::seconds kLook{1};
/// Interrupted, resumable: run/exit_code.hpp.
constexpr int kInterrupted = 130;

}  // namespace

TransformWatch::TransformWatch(std::chrono::milliseconds longest, std::chrono::milliseconds grace,
                               std::function<void()> stop)
    : longest_(longest), grace_(grace), stop_(std::move(stop)), thread_([this] { watch(); }) {}

TransformWatch::~TransformWatch() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void TransformWatch::start(const std::string& what) {
  const std::lock_guard lock(mutex_);
  what_ = what;
  started_ = Clock::now();
  is_running_ = true;
  is_stopped_ = false;
}

void TransformWatch::end() {
  const std::lock_guard lock(mutex_);
  is_running_ = false;
}

void TransformWatch::watch() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    changed_.wait_for(lock, std::min<std::chrono::milliseconds>(longest_ / 4, kLook));
    const auto running = is_running_ ? Clock::now() - started_ : Clock::duration::zero();
    if (running > longest_ + grace_) end_process();
    if (running <= longest_ || is_stopped_) continue;
    is_stopped_ = true;
    stop_();
  }
}

void TransformWatch::end_process() const {
  const std::string text = "sluice: " + escape_terminal(what_) + " has not returned for " +
                           duration_to_text(longest_ + grace_) +
                           "; is there a loop without an end? The run stops here. Correct the function, then: sluice "
                           "rollback RUN --to STEP, "
                           "sluice resume RUN --adopt\n";
  // Nobody is left who could do more about a failing write.
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
  _exit(kInterrupted);
}

}  // namespace sluice::script
