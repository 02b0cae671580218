#pragma once

#include <atomic>
#include <mutex>
#include <set>

#include "base/error.hpp"
#include "store/session.hpp"

namespace sluice::steps {

/// Asks one piece of work to stop. Set from the scheduler's thread, looked at by the worker. Sessions that are registered are
/// told as well, so that a long statement ends at once.
class CancelToken {
 public:
  /// `why` is cancelled (the run stops) or timeout (the step's time is over). The first reason stays.
  void cancel(Code why);
  bool is_cancelled() const { return why_.load(std::memory_order_relaxed) != 0; }
  /// Throws Error(cancelled or timeout) when the work is to stop.
  void check() const;

 private:
  friend class CancelScope;
  std::atomic<int> why_{0};
  std::mutex mutex_;
  std::set<store::Session*> sessions_;
};

/// Registers a session with a token for its lifetime.
class CancelScope {
 public:
  CancelScope(CancelToken& token, store::Session& session);
  ~CancelScope();
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;

 private:
  CancelToken& token_;
  store::Session& session_;
};

}  // namespace sluice::steps
