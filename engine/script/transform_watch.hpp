#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace sluice::script {

/// Stops a function that takes too long: first in a way that it may fail by, and where it doesn't return even then, by
/// ending the process: no hook of Lua fires in a compiled loop, and no thread can be stopped from outside. What was
/// copied is committed chunk by chunk, so a resume goes on from there. Watches one worker.
class TransformWatch {
 public:
  /// `stop` is called from the watching thread after `longest`; the process ends `grace` later.
  TransformWatch(std::chrono::milliseconds longest, std::chrono::milliseconds grace, std::function<void()> stop);
  ~TransformWatch();
  TransformWatch(const TransformWatch&) = delete;
  TransformWatch& operator=(const TransformWatch&) = delete;

  /// From `start` to `end` a function runs; `what` names it in the message.
  void start(const std::string& what);
  void end();

 private:
  using Clock = std::chrono::steady_clock;
  void watch();
  [[noreturn]] void end_process() const;

  std::chrono::milliseconds longest_;
  std::chrono::milliseconds grace_;
  std::function<void()> stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string what_;
  Clock::time_point started_;
  bool is_running_ = false;
  bool is_stopped_ = false;
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace sluice::script
