#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "journal/journal.hpp"
#include "plan/plan.hpp"
#include "run/executor.hpp"
#include "run/exit_code.hpp"
#include "run/run_state.hpp"

namespace sluice::run {

/// Requests from outside the scheduler's thread: signals, the inbox, the fence keeper.
struct Controls {
  std::atomic<bool> stop{false};     ///< end in order, resumable
  std::atomic<bool> fenced{false};   ///< another engine has taken the target over: touch nothing any more
};

/// Told what happens, on the scheduler's thread; for the terminal. Must not throw.
using Listen = std::function<void(const journal::Event&)>;

struct SchedulerOptions {
  std::map<std::string, int> max_writers;  ///< per store; absent or 0: no limit
  std::set<std::string> assumed_done;      ///< in-doubt steps that a person says are done
  std::set<std::string> redo;              ///< in-doubt steps that a person wants done again
  uint64_t seed = 0;                       ///< of the jitter
};

/// How a run ended.
struct RunEnd {
  ExitCode code = ExitCode::failed;
  std::string status;   ///< as in run_ended
  std::string message;  ///< what failed, for people; empty when passed
};

/// Runs the plan's nodes in order: one thread, which owns all state of the run. Steps expand into tasks; workers take tasks and
/// return outcomes. Every intent is durable in the journal before its effect, every outcome before anything that follows it.
class Scheduler {
 public:
  Scheduler(const plan::Plan& plan, RunState state, journal::Journal& journal, Executor& executor, const Clock& clock,
            Controls& controls, SchedulerOptions options, Listen listen);
  ~Scheduler();

  /// Goes on from the state to the end of the plan, finishing a rollback that is under way first.
  RunEnd run();
  /// Undoes `to` and everything after it, newest first.
  RunEnd roll_back(const std::string& to, const std::string& reason);

  const RunState& state() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The nodes that a rollback to `to` undoes, newest start first: `to` itself (a phase: its children) and all that comes after.
std::vector<std::string> rollback_nodes(const plan::Plan& plan, const RunState& state, const std::string& to);

/// Full jitter: uniformly between 0 and min(cap, wait * 2^(attempt - 1)); at least 1 ms.
std::chrono::milliseconds backoff(const workflow::Retry& retry, int attempt, std::mt19937_64& random);

/// Whether trying again can help, from the code alone.
bool is_retryable(const Error& error);

}  // namespace sluice::run
