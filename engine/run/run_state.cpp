#include "run/run_state.hpp"

#include <nlohmann/json.hpp>

#include "journal/events.hpp"

namespace sluice::run {
namespace {

using journal::Event;
using nlohmann::json;
namespace kind = journal::kind;

void reset(NodeStatus& status) {
  const uint32_t generation = status.generation + 1;
  status = NodeStatus{};
  status.generation = generation;
}

/// A failure that says that it doesn't know.
bool is_left_in_doubt(const Event& event) {
  const json data = json::parse(event.data);
  return data.contains("error") && data["error"].value("code", "") == to_text(Code::in_doubt);
}

void apply_started(RunState& state, const Event& event) {
  NodeStatus& node = state.node(event.node);
  node.state = NodeState::running;
  if (node.started_seq == 0) node.started_seq = event.seq;
}

void apply_passed(RunState& state, const Event& event) {
  json data = json::parse(event.data);
  NodeStatus& node = state.node(event.node);
  node.state = NodeState::passed;
  if (data.contains("metrics")) node.metrics = workflow::read_metrics(data["metrics"]);
  if (data.contains("differences")) node.differences = data["differences"].dump();
  node.verdict = data.value("verdict", "");
}

void apply_rollback_started(RunState& state, const Event& event) {
  json data = json::parse(event.data);
  state.rollback_to = data.at("to");
  state.rollback_nodes = data.at("nodes").get<std::vector<std::string>>();
  state.rollback_is_automatic = data.value("automatic", false);
}

void apply_rollback_done(RunState& state) {
  for (const std::string& path : state.rollback_nodes) {
    // What had an undo of its own is set back already; gates, phases and steps without effects are now.
    NodeStatus& node = state.node(path);
    if (node.started_seq != 0) reset(node);
    node.state = NodeState::waiting;
  }
  state.rollback_to.clear();
  state.rollback_nodes.clear();
}

}  // namespace

const NodeStatus* RunState::find(const std::string& path) const {
  auto found = nodes.find(path);
  return found == nodes.end() ? nullptr : &found->second;
}

workflow::Metrics RunState::metrics() const {
  workflow::Metrics all;
  for (const auto& [path, node] : nodes) {
    for (const auto& [name, metric] : node.metrics) all[path + "." + name] = metric;
  }
  return all;
}

workflow::Metrics RunState::metrics(const std::vector<std::string>& keys) const {
  workflow::Metrics some;
  for (const std::string& key : keys) {
    const size_t dot = key.rfind('.');
    const NodeStatus* node = find(key.substr(0, dot));
    if (node == nullptr) continue;
    const auto metric = node->metrics.find(key.substr(dot + 1));
    if (metric != node->metrics.end()) some[key] = metric->second;
  }
  return some;
}

std::string RunState::verdict() const {
  std::string worst;
  for (const auto& [path, node] : nodes) {
    if (node.verdict.empty() || worst == "INCOMPLETE") continue;
    if (worst.empty() || node.verdict != "MATCH") worst = node.verdict;
  }
  return worst;
}

void apply(RunState& state, const Event& event) {
  state.last_seq = event.seq;
  if (event.kind == kind::run_started) {
    state.plan_hash = json::parse(event.data).at("plan_hash");
  } else if (event.kind == kind::plan_adopted) {
    state.plan_hash = json::parse(event.data).at("to");
  } else if (event.kind == kind::run_resumed) {
    state.status.clear();
  } else if (event.kind == kind::source_state) {
    json data = json::parse(event.data);
    if (data.at("state").is_null()) state.source_states.erase(data.at("store").get<std::string>());
    else state.source_states[data.at("store")] = data.at("state").dump();
  } else if (event.kind == kind::node_started) {
    apply_started(state, event);
  } else if (event.kind == kind::task_started) {
    state.node(event.node).in_doubt.insert(event.task);
  } else if (event.kind == kind::task_done) {
    NodeStatus& node = state.node(event.node);
    node.in_doubt.erase(event.task);
    if (event.generation == node.generation) node.records.push_back(record_from_json(event.task, event.data));
  } else if (event.kind == kind::task_failed) {
    if (!is_left_in_doubt(event)) state.node(event.node).in_doubt.erase(event.task);
  } else if (event.kind == kind::node_passed) {
    apply_passed(state, event);
  } else if (event.kind == kind::node_failed) {
    state.node(event.node).state = NodeState::failed;
  } else if (event.kind == kind::rollback_started) {
    apply_rollback_started(state, event);
  } else if (event.kind == kind::undo_done) {
    reset(state.node(event.node));
  } else if (event.kind == kind::rollback_done) {
    apply_rollback_done(state);
  } else if (event.kind == kind::run_ended) {
    state.status = json::parse(event.data).at("status");
  }
}

std::string record_to_json(const steps::TaskRecord& record) {
  json data = {{"seconds", record.seconds}};
  if (!record.table.empty()) data["table"] = record.table;
  if (record.rows != 0) data["rows"] = record.rows;
  if (record.bytes != 0) data["bytes"] = record.bytes;
  if (record.skipped) data["skipped"] = true;
  if (record.detail != "{}") data["detail"] = json::parse(record.detail);
  return data.dump();
}

steps::TaskRecord record_from_json(const std::string& id, const std::string& text) {
  json data = json::parse(text);
  steps::TaskRecord record;
  record.id = id;
  record.table = data.value("table", "");
  record.rows = data.value("rows", int64_t{0});
  record.bytes = data.value("bytes", int64_t{0});
  record.seconds = data.value("seconds", 0.0);
  record.skipped = data.value("skipped", false);
  if (data.contains("detail")) record.detail = data["detail"].dump();
  return record;
}

}  // namespace sluice::run
