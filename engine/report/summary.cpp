#include "report/summary.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "report/fold.hpp"

namespace sluice::report {
namespace {

constexpr std::pair<RunStatus, const char*> kRunStatuses[] = {
    {RunStatus::not_started, "not_started"}, {RunStatus::running, "running"},
    {RunStatus::killed, "killed"},           {RunStatus::interrupted, "interrupted"},
    {RunStatus::passed, "passed"},           {RunStatus::failed, "failed"},
    {RunStatus::rolled_back, "rolled_back"}, {RunStatus::rollback_failed, "rollback_failed"},
};

/// Of what its nodes are; a phase with passed and waiting nodes stands where the run stands.
NodeState state_of_phase(const PhaseSummary& phase, bool is_run_running) {
  size_t counts[static_cast<size_t>(NodeState::undone) + 1] = {};
  for (const NodeSummary& node : phase.nodes) ++counts[static_cast<size_t>(node.state)];
  for (const NodeState state : {NodeState::running, NodeState::failed, NodeState::interrupted}) {
    if (counts[static_cast<size_t>(state)] > 0) return state;
  }
  const size_t passed = counts[static_cast<size_t>(NodeState::passed)];
  if (passed == phase.nodes.size()) return NodeState::passed;
  if (passed > 0) return is_run_running ? NodeState::running : NodeState::interrupted;
  return counts[static_cast<size_t>(NodeState::undone)] > 0 ? NodeState::undone : NodeState::waiting;
}

double seconds_of_phase(const PhaseSummary& phase) {
  int64_t first = 0;
  int64_t last = 0;
  for (const NodeSummary& node : phase.nodes) {
    if (node.started_us == 0) continue;
    if (first == 0 || node.started_us < first) first = node.started_us;
    last = std::max({last, node.started_us, node.ended_us});
  }
  return static_cast<double>(last - first) / 1e6;
}

std::string find_next(const std::vector<PhaseSummary>& phases) {
  for (const PhaseSummary& phase : phases) {
    for (const NodeSummary& node : phase.nodes) {
      if (node.state != NodeState::passed) return node.path;
    }
  }
  return "";
}

std::string worst_verdict(const std::vector<PhaseSummary>& phases) {
  std::string worst;
  for (const PhaseSummary& phase : phases) {
    for (const NodeSummary& node : phase.nodes) {
      if (node.verdict.empty() || node.is_rolled_back || worst == "INCOMPLETE") continue;
      if (worst.empty() || node.verdict != "MATCH") worst = node.verdict;
    }
  }
  return worst;
}

void stop_running_nodes(RunSummary& summary) {
  for (PhaseSummary& phase : summary.phases) {
    for (NodeSummary& node : phase.nodes) {
      if (node.state == NodeState::running) node.state = NodeState::interrupted;
    }
  }
  for (Rollback& rollback : summary.rollbacks) {
    if (rollback.state == NodeState::running) rollback.state = NodeState::interrupted;
  }
}

/// What follows from the nodes.
void settle(RunSummary& summary) {
  const bool is_running = summary.status == RunStatus::running;
  if (!is_running) {
    stop_running_nodes(summary);
    summary.ended_us = summary.last_event_us;
  }
  for (PhaseSummary& phase : summary.phases) {
    phase.state = state_of_phase(phase, is_running);
    phase.seconds = seconds_of_phase(phase);
  }
  if (!summary.exit_code) summary.verdict = worst_verdict(summary.phases);
  summary.next_node = find_next(summary.phases);
}

}  // namespace

const char* to_text(RunStatus status) {
  for (const auto& [value, text] : kRunStatuses) {
    if (value == status) return text;
  }
  return "unknown";
}

RunStatus run_status_from_text(const std::string& text) {
  for (const auto& [value, known] : kRunStatuses) {
    if (text == known) return value;
  }
  throw Error(Code::data, "run status \"" + text + "\" is not known here", "use the sluice that wrote the journal");
}

const char* to_text(NodeState state) {
  switch (state) {
    case NodeState::waiting: return "waiting";
    case NodeState::running: return "running";
    case NodeState::interrupted: return "interrupted";
    case NodeState::passed: return "passed";
    case NodeState::failed: return "failed";
    case NodeState::undone: return "undone";
  }
  return "unknown";
}

RunSummary summarize(const std::vector<journal::Event>& events) {
  Fold fold;
  for (const journal::Event& event : events) {
    try {
      fold.apply(event);
    } catch (const nlohmann::json::exception& error) {
      throw Error(Code::data,
                  "event " + std::to_string(event.seq) + " (" + event.kind + ") cannot be read: " + error.what(),
                  "use the sluice that wrote the journal");
    }
  }
  RunSummary summary = fold.take();
  settle(summary);
  return summary;
}

void mark_killed(RunSummary& summary) {
  if (summary.status != RunStatus::running) return;
  summary.status = RunStatus::killed;
  summary.is_resumable = true;
  settle(summary);
}

const NodeSummary* find_node(const RunSummary& summary, const std::string& path) {
  for (const PhaseSummary& phase : summary.phases) {
    for (const NodeSummary& node : phase.nodes) {
      if (node.path == path) return &node;
    }
  }
  return nullptr;
}

}  // namespace sluice::report
