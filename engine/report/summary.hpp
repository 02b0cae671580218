#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "journal/journal.hpp"
#include "report/evidence.hpp"
#include "workflow/metric.hpp"

/// A run as its journal tells it: the one value that reports, status and lists are written from. Times are calendar
/// microseconds since 1970 UTC, 0 where a thing has not happened; durations are seconds.
namespace sluice::report {

/// not_started: no event yet; `run` is then for the caller to fill in. killed: the journal ends in the middle of a run
/// and no engine has its lock; see mark_killed.
enum class RunStatus { not_started = 1, running, killed, interrupted, passed, failed, rolled_back, rollback_failed };
/// "not_started", "running", ...
const char* to_text(RunStatus status);

/// interrupted: it had begun when its process ended, and goes on with resume. undone: it had passed and was rolled
/// back; a failed node stays failed. What a node had shown is kept until it starts again.
enum class NodeState { waiting = 1, running, interrupted, passed, failed, undone };
const char* to_text(NodeState state);

/// What tasks did to one table.
struct TableProgress {
  int64_t rows = 0;
  int64_t bytes = 0;
  int64_t tasks = 0;
  double seconds = 0;  ///< of work, over all workers
};

/// A task that failed and was tried again after a wait.
struct RetriedTask {
  std::string task;
  int64_t attempt = 0;
  int64_t wait_ms = 0;
  Failure failure;
};

/// A step or gate.
struct NodeSummary {
  std::string path, kind, title, word, criterion, where;
  NodeState state = NodeState::waiting;
  bool is_rolled_back = false;
  bool effect_stays = false;  ///< rolled back over, but nothing could undo what it did outside
  uint32_t generation = 0;
  int64_t attempts = 0;    ///< starts in this generation
  int64_t started_us = 0;  ///< the last start
  int64_t ended_us = 0;
  double seconds = 0;
  int64_t tasks_total = 0, tasks_done = 0;
  int64_t tasks_found_done = 0;  ///< of tasks_done: known from the target's ledger alone, so not in rows and tables
  int64_t tasks_since_start = 0, rows_since_start = 0;  ///< by the process that started it last
  int64_t rows = 0, bytes = 0;
  std::map<std::string, TableProgress> tables;
  workflow::Metrics metrics;  ///< by bare names
  std::string summary, verdict;
  std::vector<TableDifference> differences;
  std::optional<Failure> failure;
  std::optional<GateMeasurement> gate;
  std::vector<RetriedTask> retried;
};

struct PhaseSummary {
  std::string name, title;
  NodeState state = NodeState::waiting;
  double seconds = 0;  ///< from the first start to the last end
  std::vector<NodeSummary> nodes;
};

struct UndoneNode {
  std::string path;
  double seconds = 0;
  int64_t rows = 0;
  std::vector<std::string> dropped, kept;
  std::optional<Failure> failure;
};

struct Rollback {
  std::string to, reason;
  NodeState state = NodeState::running;  ///< running, passed, failed, interrupted
  double seconds = 0;
  std::vector<std::string> planned;  ///< nodes, newest first
  std::vector<UndoneNode> undone;
  std::optional<Failure> failure;
};

struct Note {
  int64_t time_us = 0;
  std::string node, text;
};

struct StoreSummary {
  std::string name, plugin, url, version;
  bool is_target = false;
  bool is_disposable = false;
};

struct RunSummary {
  std::string run, workflow, plan_hash;
  RunStatus status = RunStatus::not_started;
  bool is_resumable = false;
  std::optional<int> exit_code;
  std::string verdict;  ///< the worst of its proofs so far, "" where there was none
  std::string message;  ///< why it ended as it did
  std::string host;
  int64_t pid = 0;         ///< the last process that ran it
  int64_t started_us = 0;  ///< the first process's start
  int64_t ended_us = 0;    ///< the last event, of a run that doesn't run any more
  int64_t last_event_us = 0;
  double seconds = 0;                                       ///< of running, over all its processes
  int64_t processes = 0;                                    ///< 1 and one more for each resume
  std::vector<std::pair<std::string, std::string>> params;  ///< name, "value (origin)"
  std::vector<StoreSummary> stores;
  std::vector<std::string> adopted_changes;
  std::vector<PhaseSummary> phases;  ///< in written order
  std::vector<Rollback> rollbacks;
  std::vector<Note> notes;
  std::string next_node;  ///< the first in written order that has not passed, "" when none is left
};

/// The fold. Throws Error(data) naming an event that cannot be read.
RunSummary summarize(const std::vector<journal::Event>& events);

/// What the journal cannot know: that nobody runs a run which it shows as running (journal/run_lock.hpp tells).
void mark_killed(RunSummary& summary);

const NodeSummary* find_node(const RunSummary& summary, const std::string& path);

}  // namespace sluice::report
