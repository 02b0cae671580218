#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace sluice::bench {

/// Watches a process's anonymous memory (RssAnon of /proc/PID/status) every two milliseconds from its own thread: what
/// the process allocated, without its libraries and the page cache.
class MemoryWatch {
 public:
  explicit MemoryWatch(int pid);
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;
  ~MemoryWatch();

  /// Bytes at the highest so far.
  std::int64_t peak() const { return peak_; }

 private:
  void watch(int pid);

  std::atomic<std::int64_t> peak_{0};
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

}  // namespace sluice::bench
