#include "report/fold.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "journal/events.hpp"

namespace sluice::report {
namespace {

using journal::Event;
using nlohmann::json;
namespace kind = journal::kind;

std::string text(const json& data, const char* key) { return data.value(key, std::string()); }

StoreSummary store_from_json(const std::string& name, const json& data) {
  return {name,
          text(data, "plugin"),
          text(data, "url"),
          text(data, "version"),
          data.value("target", false),
          data.value("disposable", false)};
}

NodeSummary node_from_json(const json& data) {
  NodeSummary node;
  node.path = data.at("path").get<std::string>();
  node.kind = data.at("kind").get<std::string>();
  node.title = text(data, "title");
  node.word = text(data, "word");
  node.criterion = text(data, "criterion");
  node.where = text(data, "where");
  return node;
}

/// Takes over what the plan says about a node, not what became of it.
void describe_as(NodeSummary& node, const NodeSummary& described) {
  node.path = described.path;
  node.kind = described.kind;
  node.title = described.title;
  node.word = described.word;
  node.criterion = described.criterion;
  node.where = described.where;
}

void add_task(NodeSummary& node, const json& data) {
  const int64_t rows = data.value("rows", int64_t{0});
  const int64_t bytes = data.value("bytes", int64_t{0});
  ++node.tasks_done;
  ++node.tasks_since_start;
  node.rows += rows;
  node.rows_since_start += rows;
  node.bytes += bytes;
  const std::string table = text(data, "table");
  if (table.empty()) return;
  TableProgress& progress = node.tables[table];
  progress.rows += rows;
  progress.bytes += bytes;
  progress.seconds += data.value("seconds", 0.0);
  ++progress.tasks;
}

/// "done" counts the tasks that an earlier process journalled and those that only the ledger knows.
void plan_tasks(NodeSummary& node, const json& data) {
  const int64_t journalled = node.tasks_done - node.tasks_found_done;
  node.tasks_done = std::max(journalled, data.value("done", int64_t{0}));
  node.tasks_found_done = node.tasks_done - journalled;
  node.tasks_total = node.tasks_done + data.value("tasks", int64_t{0});
}

void retry_task(NodeSummary& node, const Event& event, const json& data) {
  const int64_t wait_ms = data.value("wait_ms", int64_t{-1});
  if (wait_ms < 0) return;
  node.retried.push_back(
      {event.task, data.value("attempt", int64_t{0}), wait_ms, failure_from_json(data.value("error", json::object()))});
}

void end_node(NodeSummary& node, NodeState state, const Event& event, const json& data) {
  node.state = state;
  node.ended_us = event.time_us;
  node.seconds = data.value("seconds", 0.0);
  node.summary = text(data, "summary");
  node.verdict = text(data, "verdict");
  if (data.contains("metrics")) node.metrics = workflow::read_metrics(data.at("metrics"));
  if (data.contains("differences")) node.differences = differences_from_json(data.at("differences"));
  if (state == NodeState::failed) node.failure = failure_from_json(data.value("error", json::object()));
}

}  // namespace

void Fold::apply(const Event& event) {
  const json data = event.data == "{}" ? json::object() : json::parse(event.data);
  if (event.kind == kind::run_started) start_run(data);
  if (event.kind == kind::run_resumed) resume_run();
  if (event.kind == kind::run_started || event.kind == kind::run_resumed) {
    begin_process(data);
    if (summary_.started_us == 0) summary_.started_us = event.time_us;
  } else if (summary_.last_event_us != 0) {
    // Someone may have set the calendar back in between.
    summary_.seconds += static_cast<double>(std::max<int64_t>(0, event.time_us - summary_.last_event_us)) / 1e6;
  }
  summary_.last_event_us = event.time_us;
  if (event.kind == kind::plan_adopted) adopt_plan(data);
  if (event.kind == kind::note) summary_.notes.push_back({event.time_us, event.node, text(data, "text")});
  if (event.kind == kind::run_ended) end_run(data);
  apply_to_rollback(event, data);
  apply_to_node(event, data);
}

void Fold::start_run(const json& data) {
  summary_.run = text(data, "run");
  summary_.workflow = text(data, "workflow");
  summary_.plan_hash = text(data, "plan_hash");
  const json params = data.value("params", json::object());
  const json stores = data.value("stores", json::object());
  for (const auto& [name, param] : params.items()) {
    summary_.params.emplace_back(name, text(param, "value") + " (" + text(param, "origin") + ")");
  }
  for (const auto& [name, store] : stores.items()) {
    summary_.stores.push_back(store_from_json(name, store));
  }
  set_nodes(data.at("nodes"));
}

void Fold::begin_process(const json& data) {
  const json process = data.value("process", json::object());
  summary_.host = text(process, "host");
  summary_.pid = process.value("pid", int64_t{0});
  ++summary_.processes;
  summary_.status = RunStatus::running;
  summary_.is_resumable = false;
}

void Fold::resume_run() {
  summary_.exit_code.reset();
  summary_.message.clear();
  for (PhaseSummary& phase : summary_.phases) {
    for (NodeSummary& node : phase.nodes) {
      if (node.state == NodeState::running) node.state = NodeState::interrupted;
    }
  }
}

/// Nodes that the new plan has as well keep what they have shown.
void Fold::adopt_plan(const json& data) {
  summary_.plan_hash = text(data, "to");
  const json changes = data.value("changes", json::array());
  for (const json& change : changes) {
    summary_.adopted_changes.push_back(change.get<std::string>());
  }
  if (!data.contains("nodes")) return;
  std::unordered_map<std::string, NodeSummary> before;
  for (PhaseSummary& phase : summary_.phases) {
    for (NodeSummary& node : phase.nodes) before[node.path] = std::move(node);
  }
  set_nodes(data.at("nodes"));
  for (PhaseSummary& phase : summary_.phases) {
    for (NodeSummary& node : phase.nodes) {
      const auto old = before.find(node.path);
      if (old == before.end()) continue;
      describe_as(old->second, node);
      node = std::move(old->second);
    }
  }
}

void Fold::set_nodes(const json& nodes) {
  summary_.phases.clear();
  places_.clear();
  std::unordered_map<std::string, size_t> phases;
  for (const json& data : nodes) {
    NodeSummary node = node_from_json(data);
    if (node.kind == "parallel") continue;
    const std::string phase_name = node.path.substr(0, node.path.find('.'));
    const auto [found, is_new] = phases.try_emplace(phase_name, summary_.phases.size());
    if (is_new) summary_.phases.push_back({phase_name, "", NodeState::waiting, 0, {}});
    PhaseSummary& phase = summary_.phases[found->second];
    if (node.kind == "phase") {
      phase.title = node.title;
      continue;
    }
    places_[node.path] = {found->second, phase.nodes.size()};
    phase.nodes.push_back(std::move(node));
  }
}

void Fold::end_run(const json& data) {
  summary_.status = run_status_from_text(text(data, "status"));
  summary_.is_resumable = data.value("resumable", false);
  summary_.exit_code = data.value("exit_code", 1);
  summary_.message = text(data, "message");
  summary_.verdict = text(data, "verdict");
}

NodeSummary* Fold::node(const std::string& path) {
  const auto found = places_.find(path);
  if (found == places_.end()) return nullptr;
  return &summary_.phases[found->second.first].nodes[found->second.second];
}

void Fold::start_node(NodeSummary& node, const Event& event) {
  if (node.generation != event.generation || node.is_rolled_back) {
    NodeSummary fresh;
    describe_as(fresh, node);
    node = std::move(fresh);
  }
  node.generation = event.generation;
  node.state = NodeState::running;
  node.started_us = event.time_us;
  node.ended_us = 0;
  ++node.attempts;
  node.tasks_since_start = 0;
  node.rows_since_start = 0;
  node.failure.reset();
  node.gate.reset();
}

void Fold::apply_to_node(const Event& event, const json& data) {
  NodeSummary* found = node(event.node);
  if (!found) return;
  if (event.kind == kind::node_started) start_node(*found, event);
  if (event.kind == kind::tasks_planned) plan_tasks(*found, data);
  if (event.kind == kind::task_done && event.generation == found->generation) add_task(*found, data);
  if (event.kind == kind::task_failed) retry_task(*found, event, data);
  if (event.kind == kind::gate_measured) {
    found->gate = gate_from_json(data);
    if (data.contains("differences")) found->differences = differences_from_json(data.at("differences"));
  }
  if (event.kind == kind::node_passed) end_node(*found, NodeState::passed, event, data);
  if (event.kind == kind::node_failed) end_node(*found, NodeState::failed, event, data);
}

UndoneNode& Fold::undone(Rollback& rollback, const std::string& path) {
  const auto found = std::find_if(rollback.undone.begin(), rollback.undone.end(),
                                  [&](const UndoneNode& node) { return node.path == path; });
  if (found != rollback.undone.end()) return *found;
  rollback.undone.push_back({});
  rollback.undone.back().path = path;
  return rollback.undone.back();
}

void Fold::apply_to_rollback(const Event& event, const json& data) {
  if (event.kind == kind::rollback_started) {
    summary_.rollbacks.push_back({text(data, "to"),
                                  text(data, "reason"),
                                  NodeState::running,
                                  0,
                                  data.value("nodes", std::vector<std::string>()),
                                  {},
                                  std::nullopt});
  }
  if (summary_.rollbacks.empty()) return;
  Rollback& rollback = summary_.rollbacks.back();
  if (event.kind == kind::undo_started) {
    rollback.state = NodeState::running;
  } else if (event.kind == kind::undo_done) {
    UndoneNode& node = undone(rollback, event.node);
    node.seconds = data.value("seconds", 0.0);
    node.rows = data.value("rows", int64_t{0});
    node.dropped = data.value("dropped", std::vector<std::string>());
    node.kept = data.value("kept", std::vector<std::string>());
    node.failure.reset();
    mark_rolled_back({event.node});
    if (NodeSummary* found = this->node(event.node)) {
      found->effect_stays = node.dropped.empty() && node.rows == 0 && !node.kept.empty();
    }
  } else if (event.kind == kind::undo_failed) {
    undone(rollback, event.node).failure = failure_from_json(data.value("error", json::object()));
  } else if (event.kind == kind::rollback_done) {
    rollback.state = NodeState::passed;
    rollback.seconds = data.value("seconds", 0.0);
    rollback.failure.reset();
    mark_rolled_back(rollback.planned);
  } else if (event.kind == kind::rollback_failed) {
    rollback.state = NodeState::failed;
    rollback.failure = failure_from_json(data.value("error", json::object()));
  }
}

void Fold::mark_rolled_back(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    NodeSummary* found = node(path);
    if (!found || found->state == NodeState::waiting) continue;
    found->is_rolled_back = true;
    if (found->state != NodeState::failed) found->state = NodeState::undone;
  }
}

}  // namespace sluice::report
