#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace sluice::script {

/// Ends the process where a function doesn't return: no hook of Lua fires in a compiled loop, and no thread can be stopped from
/// outside. What was copied is committed chunk by chunk, so a resume goes on from there. Watches one worker.
class TransformWatch {
 public:
  explicit TransformWatch(std::chrono::milliseconds longest);
  ~TransformWatch();
  TransformWatch(const TransformWatch&) = delete;
  TransformWatch& operator=(const TransformWatch&) = delete;

  /// From `start` to `stop` a function runs; `what` names it in the message.
  void start(const std::string& what);
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  void watch();
  [[noreturn]] void end_process() const;

  std::chrono::milliseconds longest_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string what_;
  Clock::time_point started_;
  bool is_running_ = false;
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace sluice::script
