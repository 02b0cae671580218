#include "script/transform_watch.hpp"

#include <unistd.h>

#include "base/escape.hpp"
#include "base/units.hpp"

namespace sluice::script {
namespace {

/// Interrupted, resumable: run/exit_code.hpp.
constexpr int kInterrupted = 130;

}  // namespace

TransformWatch::TransformWatch(std::chrono::milliseconds longest) : longest_(longest), thread_([this] { watch(); }) {}

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
}

void TransformWatch::stop() {
  const std::lock_guard lock(mutex_);
  is_running_ = false;
}

void TransformWatch::watch() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    changed_.wait_for(lock, longest_ / 4);
    if (is_running_ && Clock::now() - started_ > longest_) end_process();
  }
}

void TransformWatch::end_process() const {
  const std::string text = "sluice: " + escape_terminal(what_) + " has not returned for " + duration_to_text(longest_) +
                           "; is there a loop without an end? The run stops here: correct the function, then resume the run\n";
  // Nobody is left who could do more about a failing write.
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
  _exit(kInterrupted);
}

}  // namespace sluice::script
