#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "journal/state_directory.hpp"
#include "plan/plan.hpp"
#include "plan/stores.hpp"
#include "run/fences.hpp"
#include "run/scheduler.hpp"
#include "workflow/script_calls.hpp"
#include "workflow/workflow.hpp"

namespace sluice::run {

/// What a process brings to a run.
struct RunnerParts {
  const workflow::Workflow& workflow;
  const plan::Plan& plan;
  const plan::Stores& stores;
  const workflow::ScriptCallsFactory* scripts;
  const Redactor& redactor;
  journal::StateDirectory state;
  std::string run;              ///< id; its folder exists
  Controls& controls;
  Listen listen;
  /// Called now and then from a thread of the runner's with the rows that are on their way, for the status line.
  std::function<void(int64_t rows_in_flight)> show_progress;
  /// Called once the targets are ours and work may begin: from here on the run exists for others.
  std::function<void()> on_begun = {};
  std::chrono::milliseconds lease{30000};
  bool is_new = false;
  bool keep_ledger = false;
  std::set<std::string> assumed_done = {};
  std::set<std::string> redo = {};
};

/// Takes one run through one process: fences, journal, workers, scheduler, and the end in good order.
class Runner {
 public:
  explicit Runner(RunnerParts parts);

  /// A fresh run: refuses targets that hold something already. Throws HeldError, Error before anything has been changed.
  RunEnd start();
  /// Goes on where the journal ends. `adopted`: the plan replaces the one of the journal, with its changes.
  RunEnd resume(const std::vector<std::string>& adopted_changes = {});
  RunEnd roll_back(const std::string& to);

 private:
  RunEnd drive(const std::function<RunEnd(Scheduler&)>& go, journal::Journal& journal, RunState state, Fences& fences);
  RunEnd take_up(const std::function<RunEnd(Scheduler&)>& go, const std::vector<std::string>& adopted_changes);
  size_t worker_count() const;
  SchedulerOptions scheduler_options() const;
  FenceOptions fence_options(bool is_resume) const;
  void end_fences(Fences& fences, const RunEnd& end, const RunState& state, journal::Journal& journal);

  RunnerParts parts_;
};

/// Gives up the fences that a passed run still has, where a process was killed before it could.
void release_passed(const plan::Plan& plan, const plan::Stores& stores, const std::string& run, bool keep_ledger, Controls& controls);

/// Throws Error where a target's tables are there already (or hold rows, where the workflow doesn't make them itself), naming
/// each.
void check_targets_empty(const plan::Plan& plan, const plan::Stores& stores);

/// Notes that the run has passed, its targets are released and its report is written.
/// Nothing is noted while another writer holds the journal (one that hangs, from which the run was taken over): a resume then
/// looks at the targets once more.
void close_run(const std::string& journal_path);
/// After close_run, with nothing since. Reads one event only.
bool is_closed(const std::string& journal_path);

/// The state that a run's journal tells.
RunState read_state(journal::Journal& journal);

}  // namespace sluice::run
