#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "journal/journal.hpp"
#include "steps/action.hpp"
#include "workflow/metric.hpp"

/// The state of a run: a pure fold over its events. The scheduler applies what it has journalled, a resumed run applies what it
/// reads, so that both stand at the same place.
namespace sluice::run {

enum class NodeState { waiting = 1, running, passed, failed };

struct NodeStatus {
  NodeState state = NodeState::waiting;
  uint32_t generation = 1;          ///< rises with every undo
  int64_t started_seq = 0;          ///< order of starts; 0: never started in this generation
  std::set<std::string> in_doubt;   ///< ids of probed tasks that have an intent and no outcome
  std::vector<steps::TaskRecord> records;  ///< of this generation
  workflow::Metrics metrics;        ///< bare names
  std::string differences = "[]";
  std::string verdict;
};

struct RunState {
  std::unordered_map<std::string, NodeStatus> nodes;
  std::map<std::string, std::string> source_states;
  std::string plan_hash;
  std::string status;               ///< of the last run_ended, or ""
  std::string rollback_to;          ///< a rollback that is under way, or ""
  std::vector<std::string> rollback_nodes;
  bool rollback_is_automatic = false;
  int64_t last_seq = 0;

  NodeStatus& node(const std::string& path) { return nodes[path]; }
  const NodeStatus* find(const std::string& path) const;
  /// All metrics by "PHASE.STEP.metric".
  workflow::Metrics metrics() const;
  /// Those of the keys "PHASE.STEP.metric" that have been published.
  workflow::Metrics metrics(const std::vector<std::string>& keys) const;
  /// The worst verdict of the proofs that passed, "" where there was none.
  std::string verdict() const;
};

void apply(RunState& state, const journal::Event& event);

/// TaskRecord as the data of task_done, and back.
std::string record_to_json(const steps::TaskRecord& record);
steps::TaskRecord record_from_json(const std::string& id, const std::string& json);

}  // namespace sluice::run
