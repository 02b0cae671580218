#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "run/executor.hpp"
#include "workflow/script_calls.hpp"

namespace sluice::run {

/// The real executor: threads with sessions of their own. submit and wait belong to the scheduler's thread.
class WorkerPool : public Executor {
 public:
  /// `scripts` makes the Lua state that a worker calls gate functions in; may be nullptr where no gate has one.
  WorkerPool(steps::RunContext& run, const workflow::ScriptCallsFactory* scripts, const Redactor& redactor);
  /// Waits for what runs; what is queued is dropped.
  ~WorkerPool() override;

  size_t workers() const override { return threads_.size(); }
  void submit(Work work) override;
  std::vector<Outcome> wait(std::chrono::milliseconds timeout) override;

 private:
  void serve(size_t worker);

  steps::RunContext& run_;
  const workflow::ScriptCallsFactory* scripts_;
  const Redactor& redactor_;
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::condition_variable has_outcome_;
  std::deque<Work> queue_;
  std::vector<Outcome> outcomes_;
  bool is_ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sluice::run
