#pragma once

#include <atomic>
#include <thread>

#include "run/scheduler.hpp"

namespace sluice::cli {

/// Turns SIGINT and SIGTERM into a request to stop, for as long as it lives. The signals are blocked in the thread that makes it
/// and in all threads made later, and taken by a thread of its own, so that nothing runs inside a handler. A second signal changes
/// nothing: the run already ends as fast as it can without leaving anything half done.
class Signals {
 public:
  explicit Signals(run::Controls& controls);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

}  // namespace sluice::cli
