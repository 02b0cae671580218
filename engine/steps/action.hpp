#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/secret.hpp"
#include "copy/rejects.hpp"
#include "copy/snapshots.hpp"
#include "plan/make_plan.hpp"
#include "steps/cancel.hpp"
#include "steps/sessions.hpp"
#include "steps/throttle.hpp"
#include "workflow/metric.hpp"
#include "workflow/table_transform.hpp"

namespace sluice::steps {

/// What a step is cut into for scheduling. Tasks of one stage may run at once; a stage begins when the one before has ended.
struct Task {
  std::string id;             ///< unique within the step and the same on every expansion: "orders:7"
  int32_t stage = 0;
  std::string table;
  int64_t chunk = -1;         ///< chunk or statement number, as the action uses it
  store::Range range;
  std::string writes;         ///< name of the store whose writer lane it takes, or ""
};

/// The record of a finished task, as journalled.
struct TaskRecord {
  std::string id;
  std::string table;
  int64_t rows = 0;
  int64_t bytes = 0;
  double seconds = 0;
  bool skipped = false;       ///< the ledger had it already
  std::string detail = "{}";  ///< JSON object of the action's
};

struct Expansion {
  std::vector<Task> tasks;    ///< what is still to do
  int64_t done = 0;           ///< tasks that the ledger says are done
};

/// What the whole step showed. Metrics by their bare names.
struct Conclusion {
  workflow::Metrics metrics;
  std::string summary;             ///< one line for people
  std::string differences = "[]";  ///< JSON array of table differences
  std::string verdict;             ///< of a proof: "MATCH", ...
};

struct UndoReport {
  std::vector<std::string> dropped;
  std::vector<std::string> kept;
  int64_t rows = 0;
};

/// Things of the whole run that actions share. Thread-safe where not const.
class RunContext {
 public:
  RunContext(const workflow::Workflow& workflow, const plan::Plan& plan, const plan::Stores& stores, std::string run,
             size_t workers);

  const workflow::Workflow& workflow() const { return workflow_; }
  const plan::Plan& plan() const { return plan_; }
  const plan::Stores& stores() const { return stores_; }
  const std::string& run() const { return run_; }
  size_t workers() const { return workers_; }

  void set_fence(const std::string& store, const store::Fence& fence);
  /// Throws Error(internal) for a store that isn't a target.
  store::Fence fence(const std::string& store) const;

  /// The run's snapshot of a source, taken on first use. When an earlier process of this run had one, its state must be the
  /// same: Error(conflict) says what changed.
  copy::Snapshot& snapshot(const std::string& store);
  /// After its connection was lost; nothing where no snapshot of the source is open.
  void reopen_reader(const std::string& store, size_t worker);
  /// What an earlier process journalled.
  void expect_state(const std::string& store, const std::string& state);
  /// States taken since the last call, for the journal.
  std::vector<std::pair<std::string, std::string>> take_new_states();

  /// The one throttle of a step, made at first use; nullptr where per_second is 0.
  Throttle* throttle(const std::string& node, int64_t per_second);
  /// The one count of a step's rejects, made at first use by `make`.
  copy::RejectLimit* rejects(const std::string& node, const std::function<std::unique_ptr<copy::RejectLimit>()>& make);

  /// Where the run keeps its files.
  const std::string& folder() const { return folder_; }
  void set_folder(std::string folder) { folder_ = std::move(folder); }

  std::atomic<int64_t> rows_in_flight{0};  ///< for the status line only

 private:
  const workflow::Workflow& workflow_;
  const plan::Plan& plan_;
  const plan::Stores& stores_;
  std::string run_;
  size_t workers_;
  mutable std::mutex mutex_;
  std::map<std::string, store::Fence> fences_;
  std::map<std::string, std::string> expected_states_;
  std::map<std::string, std::unique_ptr<copy::Snapshot>> snapshots_;
  std::vector<std::pair<std::string, std::string>> new_states_;
  std::map<std::string, std::unique_ptr<Throttle>> throttles_;
  std::map<std::string, std::unique_ptr<copy::RejectLimit>> rejects_;
  std::string folder_;
};

/// What one call of an action has to work with. Lives for the call, on one worker.
struct StepContext {
  RunContext& run;
  const plan::PlannedNode& node;
  uint32_t generation;
  size_t worker;              ///< index of the worker, below run.workers()
  Sessions& sessions;
  CancelToken& cancel;
  /// Records of the tasks of earlier stages (all tasks for conclude).
  const std::vector<TaskRecord>& records;
  workflow::Transforms* transforms = nullptr;  ///< this worker's

  const catalog::Mapping& mapping() const;
  /// What the workflow's functions make of a table of the mapping; nullptr where there are none.
  workflow::TableTransform* transform(const catalog::TableMapping& table) const;
  store::WorkKey key(const std::string& table, int64_t chunk) const;
  /// A session on a target or any other store outside the snapshot; registered for cancelling by the caller.
  store::Session& session(const std::string& store) const { return sessions.of(store); }
  store::Session& reader(const std::string& store) const { return run.snapshot(store).reader(worker); }
};

/// One action of the language: plans itself, cuts itself into tasks, runs them, undoes them. Stateless: everything is in the
/// plan, the stores and the ledger, so that any process can go on where another was killed. Throws Error from every function.
class Action : public plan::PlanHook {
 public:
  virtual Expansion expand(StepContext& context) const;
  virtual TaskRecord run(StepContext& context, const Task& task) const = 0;
  virtual Conclusion conclude(StepContext& context) const;
  virtual UndoReport undo(StepContext& context) const;
};

/// The tables of a source that the plan reads: what its state is taken of.
store::LookFilter source_filter(const plan::Plan& plan, const plan::Stores& stores, const std::string& store);
/// Throws Error(conflict) with sqlstate "SL003" that says what changed.
void check_source_state(const std::string& store, const std::string& before, const std::string& now);

/// By word; nullptr for an unknown one. The registry names every action of the table of words.
const Action* find_action(const std::string& word);

/// Chunk numbers of ledger rows that are not chunks.
inline constexpr int64_t kOpeningChunk = -1;
inline constexpr int64_t kUndoChunk = -2;

}  // namespace sluice::steps
