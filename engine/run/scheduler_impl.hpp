#pragma once

#include "run/active_step.hpp"
#include "run/recorder.hpp"
#include "run/scheduler.hpp"

namespace sluice::run {

/// The scheduler's inside, split over scheduler.cpp (the loop), scheduler_outcome.cpp (what outcomes mean) and
/// scheduler_rollback.cpp.
class Scheduler::Impl {
 public:
  Impl(const plan::Plan& plan, RunState state, journal::Journal& journal, Executor& executor, const Clock& clock,
       Controls& controls, SchedulerOptions options, Listen listen);

  RunEnd run();
  RunEnd roll_back(const std::string& to, const std::string& reason, bool is_automatic);
  const RunState& state() const { return state_; }

 private:
  // The loop.
  void count_unmet();
  RunEnd go();
  void look_at_controls();
  void start_ready();
  void start(uint32_t index);
  void start_step(uint32_t index, const plan::PlannedNode& node);
  void dispatch();
  bool submit_one(ActiveStep& step);
  void look_at_timers();
  std::chrono::milliseconds wait_time() const;
  bool settle_doubt(ActiveStep& step, const NodeStatus& status);
  void note_intent(const ActiveStep& step, const Work& work);
  bool is_ending() const { return is_stopping_ || is_fenced_ || failed_.has_value(); }
  RunEnd end();
  RunEnd end_failed();
  RunEnd record_end(ExitCode code, const std::string& status, const std::string& message, bool is_resumable);
  void drain_after_failure();

  // Outcomes.
  void handle(Outcome outcome);
  void handle_error(ActiveStep& step, Outcome& outcome, const Error& error);
  void handle_expansion(ActiveStep& step, steps::Expansion expansion);
  void handle_record(ActiveStep& step, const Outcome& outcome, steps::TaskRecord record);
  void handle_conclusion(ActiveStep& step, const steps::Conclusion& conclusion);
  void handle_gate(ActiveStep& step, const GateResult& gate);
  void advance(ActiveStep& step);
  void pass(uint32_t index, const std::string& data);
  void fail(ActiveStep& step, const Error& error);
  void close(ActiveStep& step);
  int attempts_allowed(const ActiveStep& step, const Error& error) const;
  double seconds_since(Clock::Stopwatch start) const;

  // Rollback.
  RunEnd continue_rollback(bool is_automatic);
  bool undo_node(const std::string& path, std::string& message);
  Outcome run_undo(uint32_t index, const plan::PlannedNode& node, uint32_t generation);
  void forget_sources();

  const plan::Plan& plan_;
  RunState state_;
  Recorder recorder_;
  Executor& executor_;
  const Clock& clock_;
  Controls& controls_;
  SchedulerOptions options_;
  std::mt19937_64 random_;
  Clock::Stopwatch begun_;

  std::vector<uint32_t> unmet_;                  // per node: predecessors that have not passed
  std::vector<std::vector<uint32_t>> followers_;
  std::set<uint32_t> ready_;
  std::map<uint32_t, ActiveStep> active_;
  std::map<std::string, int> lanes_;             // per store: tasks that write now
  size_t in_flight_ = 0;
  bool is_stopping_ = false;
  bool is_fenced_ = false;
  struct Failure {
    uint32_t node;
    Error error;
  };
  std::optional<Failure> failed_;
};

}  // namespace sluice::run
