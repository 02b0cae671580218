#pragma once

#include <memory>
#include <optional>

#include "run/executor.hpp"
#include "workflow/resolve.hpp"
#include "workflow/script_calls.hpp"

namespace sluice::run {

/// What one worker thread has: its sessions, its Lua state. Does one piece of work after the other; errors become outcomes.
class Worker {
 public:
  Worker(steps::RunContext& run, const workflow::ScriptCallsFactory* scripts, const Redactor& redactor, size_t index);
  Outcome work(Work work);

 private:
  void act(Outcome& outcome);
  GateResult measure(const plan::PlannedNode& node, const Work& work);
  GateResult call_function(const plan::PlannedNode& node, const Work& work);
  steps::UndoReport undo(const plan::PlannedNode& node, const Work& work);
  void recover(const plan::PlannedNode& node, const Error& error);
  Error redacted(const Error& error) const;

  steps::RunContext& run_;
  const workflow::ScriptCallsFactory* scripts_;
  const Redactor& redactor_;
  size_t index_;
  steps::Sessions sessions_;
  std::unique_ptr<workflow::ScriptCalls> calls_;
  std::unique_ptr<workflow::Transforms> transforms_;
  std::optional<workflow::MetricScope> scope_;  // from the first gate on
};

}  // namespace sluice::run
