#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/nearest.hpp"
#include "journal/events.hpp"
#include "run/scheduler_impl.hpp"

namespace sluice::run {
namespace {

using nlohmann::json;
namespace kind = journal::kind;

constexpr int kUndoAttempts = 4;
constexpr std::chrono::milliseconds kLook{100};

bool is_within(const std::string& path, const std::string& to) { return path == to || path.rfind(to + ".", 0) == 0; }

std::string dump(const json& data) { return data.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

std::vector<std::string> rollback_nodes(const plan::Plan& plan, const RunState& state, const std::string& to) {
  std::vector<bool> is_reached(plan.nodes.size(), false);
  bool is_known = false;
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    is_reached[i] = is_within(plan.nodes[i].path, to);
    is_known = is_known || is_reached[i];
  }
  if (!is_known) {
    std::vector<std::string> known;
    for (const auto& node : plan.nodes) {
      if (node.kind != workflow::NodeKind::parallel) known.push_back(node.path);
    }
    std::string near = nearest(to, known);
    throw Error(Code::not_found, "the plan has no node \"" + to + "\" to roll back to",
                near.empty() ? "`sluice plan` lists the nodes" : "did you mean \"" + near + "\"?");
  }
  // Nodes stand behind those they wait for, so one pass reaches all that follow.
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    for (uint32_t before : plan.nodes[i].after) is_reached[i] = is_reached[i] || is_reached[before];
  }
  std::vector<std::pair<int64_t, std::string>> started;
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    const NodeStatus* status = state.find(plan.nodes[i].path);
    if (is_reached[i] && status != nullptr && status->state != NodeState::waiting) {
      started.emplace_back(status->started_seq, plan.nodes[i].path);
    }
  }
  std::stable_sort(started.begin(), started.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> paths;
  for (auto& [seq, path] : started) paths.push_back(std::move(path));
  return paths;
}

RunEnd Scheduler::Impl::roll_back(const std::string& to, const std::string& reason, bool is_automatic) {
  const auto nodes = rollback_nodes(plan_, state_, to);
  recorder_.add(kind::rollback_started, "", "", 0,
                dump({{"to", to}, {"reason", reason}, {"nodes", nodes}, {"automatic", is_automatic}}));
  recorder_.flush();
  return continue_rollback(is_automatic);
}

RunEnd Scheduler::Impl::continue_rollback(bool is_automatic) {
  const auto nodes = state_.rollback_nodes;
  const std::string to = state_.rollback_to;
  const auto started = clock_.stopwatch_now();
  for (const std::string& path : nodes) {
    std::string message;
    if (undo_node(path, message)) continue;
    if (is_fenced_) return end();
    if (is_stopping_) return record_end(ExitCode::interrupted, "interrupted", "stopped during the rollback; resume goes on with it", true);
    recorder_.add(kind::rollback_failed, "", "", 0, dump({{"error", {{"message", message}}}}));
    return record_end(ExitCode::rollback_failed, "rollback_failed", "the rollback to " + to + " failed at " + path + ": " + message, true);
  }
  forget_sources();
  recorder_.add(kind::rollback_done, "", "", 0, dump({{"seconds", seconds_since(started)}}));
  recorder_.flush();
  const ExitCode code = is_automatic ? ExitCode::rolled_back : ExitCode::passed;
  return record_end(code, "rolled_back", "rolled back to " + to, true);
}

bool Scheduler::Impl::undo_node(const std::string& path, std::string& message) {
  const auto found = std::find_if(plan_.nodes.begin(), plan_.nodes.end(), [&](const auto& node) { return node.path == path; });
  if (found == plan_.nodes.end() || found->kind != workflow::NodeKind::step) return true;
  const NodeStatus& status = state_.node(path);
  if (status.started_seq == 0) return true;  // undone by an earlier process already
  if (!found->has_undo) {
    if (!found->targets.empty() || found->is_probed) {
      recorder_.add(kind::undo_done, path, "", status.generation,
                    dump({{"kept", {found->word + " has no undo: its effect stays"}}, {"dropped", json::array()}}));
      recorder_.flush();
    }
    return true;
  }
  recorder_.add(kind::undo_started, path, "", status.generation);
  recorder_.flush();
  const auto index = static_cast<uint32_t>(found - plan_.nodes.begin());
  Outcome outcome = run_undo(index, *found, status.generation);
  if (const auto* error = std::get_if<Error>(&outcome.value)) {
    if (error->sqlstate() == "SL001") is_fenced_ = true;
    message = error->what();
    if (is_fenced_ || is_stopping_) return false;
    recorder_.add(kind::undo_failed, path, "", status.generation, dump({{"error", json::parse(error_to_json(*error))}}));
    return false;
  }
  const auto& report = std::get<steps::UndoReport>(outcome.value);
  recorder_.add(kind::undo_done, path, "", status.generation,
                dump({{"seconds", outcome.seconds}, {"dropped", report.dropped}, {"kept", report.kept}, {"rows", report.rows}}));
  recorder_.flush();
  return true;
}

Outcome Scheduler::Impl::run_undo(uint32_t index, const plan::PlannedNode& node, uint32_t generation) {
  for (int attempt = 1;; ++attempt) {
    Work work;
    work.kind = Work::Kind::undo;
    work.node = index;
    work.generation = generation;
    work.attempt = attempt;
    work.records = std::make_shared<const std::vector<steps::TaskRecord>>();
    work.cancel = std::make_shared<steps::CancelToken>();
    const auto cancel = work.cancel;
    executor_.submit(std::move(work));
    std::vector<Outcome> outcomes;
    while (outcomes.empty()) {
      outcomes = executor_.wait(kLook);
      if (controls_.stop.load() || controls_.fenced.load()) {
        is_stopping_ = is_stopping_ || controls_.stop.load();
        is_fenced_ = is_fenced_ || controls_.fenced.load();
        cancel->cancel(Code::cancelled);
      }
    }
    const auto* error = std::get_if<Error>(&outcomes.front().value);
    if (error == nullptr || !is_retryable(*error) || attempt == kUndoAttempts || is_stopping_ || is_fenced_) {
      return std::move(outcomes.front());
    }
    const auto due = clock_.stopwatch_now() + backoff(node.retry, attempt, random_);
    while (clock_.stopwatch_now() < due && !controls_.stop.load()) executor_.wait(std::chrono::milliseconds(20));
  }
}

/// A source that nothing done so far depends on may change before it is read again.
void Scheduler::Impl::forget_sources() {
  const std::set<std::string> undone(state_.rollback_nodes.begin(), state_.rollback_nodes.end());
  std::set<std::string> still_read;
  for (const auto& node : plan_.nodes) {
    const NodeStatus* status = state_.find(node.path);
    if (status == nullptr || status->started_seq == 0 || undone.contains(node.path)) continue;
    still_read.insert(node.sources.begin(), node.sources.end());
  }
  for (const auto& [store, state] : state_.source_states) {
    if (!still_read.contains(store)) recorder_.add(kind::source_state, "", "", 0, dump({{"store", store}, {"state", nullptr}}));
  }
}

}  // namespace sluice::run
