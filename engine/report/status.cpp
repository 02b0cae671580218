#include "report/status.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/units.hpp"
#include "report/advice.hpp"
#include "report/layout.hpp"
#include "report/text.hpp"

namespace sluice::report {
namespace {

using Json = nlohmann::ordered_json;

/// So that one screen holds it, however many steps run at once.
constexpr size_t kMostRunning = 12;
constexpr size_t kMostPhases = 20;
constexpr size_t kMostNotes = 3;

std::vector<const NodeSummary*> nodes_in(const RunSummary& summary, NodeState state) {
  std::vector<const NodeSummary*> found;
  for (const PhaseSummary& phase : summary.phases) {
    for (const NodeSummary& node : phase.nodes) {
      if (node.state == state) found.push_back(&node);
    }
  }
  return found;
}

int64_t count_passed(const PhaseSummary& phase) {
  return std::count_if(phase.nodes.begin(), phase.nodes.end(),
                       [](const NodeSummary& node) { return node.state == NodeState::passed; });
}

double running_seconds(const RunSummary& summary, int64_t now_us) {
  if (summary.status != RunStatus::running) return summary.seconds;
  return summary.seconds + static_cast<double>(std::max<int64_t>(0, now_us - summary.last_event_us)) / 1e6;
}

std::string phases_text(const RunSummary& summary) {
  Table table({{""}, {""}, {""}});
  for (size_t i = 0; i < std::min(summary.phases.size(), kMostPhases); ++i) {
    const PhaseSummary& phase = summary.phases[i];
    table.add({phase.name, to_text(phase.state),
               count_to_text(count_passed(phase)) + " of " + count_of(int64_t(phase.nodes.size()), "node", "nodes") +
                   " passed"});
  }
  if (summary.phases.size() > kMostPhases)
    table.add({"and " + std::to_string(summary.phases.size() - kMostPhases) + " more"});
  return table.text("  ");
}

std::string progress_of(const NodeSummary& node, int64_t now_us) {
  const Pace pace = pace_of(node, now_us);
  std::string text = node.path + " (" + (node.word.empty() ? node.kind : node.word) + ")";
  if (node.tasks_total > 0)
    text += ": " + count_to_text(node.tasks_done) + " of " + count_of(node.tasks_total, "task", "tasks");
  if (node.rows > 0) text += ", " + count_of(node.rows, "row", "rows");
  if (pace.rows_per_second > 0) text += ", " + count_to_text(std::llround(pace.rows_per_second)) + " rows/s";
  if (pace.seconds_left >= 0) text += ", about " + seconds_text(std::round(pace.seconds_left)) + " left";
  return text;
}

std::string running_text(const RunSummary& summary, int64_t now_us) {
  const bool is_running = summary.status == RunStatus::running;
  const auto nodes = nodes_in(summary, is_running ? NodeState::running : NodeState::interrupted);
  std::string text;
  for (size_t i = 0; i < std::min(nodes.size(), kMostRunning); ++i) {
    text += std::string("  ") + (is_running ? "now " : "was at ") + shown(progress_of(*nodes[i], now_us)) + "\n";
  }
  if (nodes.size() > kMostRunning) text += "  and " + std::to_string(nodes.size() - kMostRunning) + " more\n";
  return text;
}

std::string failure_text(const RunSummary& summary) {
  std::string text;
  for (const NodeSummary* node : nodes_in(summary, NodeState::failed)) {
    const std::string why = node->failure ? to_text(*node->failure) : "";
    text += "  failed " + shown(node->path) + ": " + shown(why) + "\n";
  }
  if (summary.rollbacks.empty()) return text;
  const Rollback& rollback = summary.rollbacks.back();
  const bool has_ended = rollback.state == NodeState::passed;
  text += "  rollback to " + shown(rollback.to) + ": " + (has_ended ? "done" : to_text(rollback.state)) + ", " +
          std::to_string(rollback.undone.size()) + " undone";
  if (rollback.failure) text += ": " + shown(to_text(*rollback.failure));
  return text + "\n";
}

std::string last_notes(const RunSummary& summary) {
  std::string text;
  const size_t first = summary.notes.size() > kMostNotes ? summary.notes.size() - kMostNotes : 0;
  for (size_t i = first; i < summary.notes.size(); ++i) text += "  note: " + shown(summary.notes[i].text) + "\n";
  return text;
}

Json number_or_null(double number) { return number >= 0 ? Json(number) : Json(nullptr); }

Json running_json(const NodeSummary& node, int64_t now_us) {
  const Pace pace = pace_of(node, now_us);
  return {{"path", node.path},
          {"action", node.word},
          {"tasks", {{"done", node.tasks_done}, {"total", node.tasks_total}}},
          {"rows", node.rows},
          {"rows_per_second", number_or_null(pace.rows_per_second)},
          {"seconds_left", number_or_null(pace.seconds_left)}};
}

}  // namespace

Pace pace_of(const NodeSummary& node, int64_t now_us) {
  Pace pace;
  const double elapsed = static_cast<double>(now_us - node.started_us) / 1e6;
  if (node.state != NodeState::running || node.tasks_since_start == 0 || elapsed <= 0) return pace;
  if (node.rows_since_start > 0) pace.rows_per_second = static_cast<double>(node.rows_since_start) / elapsed;
  const int64_t left = node.tasks_total - node.tasks_done;
  pace.seconds_left =
      elapsed * static_cast<double>(std::max<int64_t>(0, left)) / static_cast<double>(node.tasks_since_start);
  return pace;
}

std::string status_text(const RunSummary& summary, int64_t now_us) {
  std::string text = "Run " + shown(summary.run) + " (" + shown(summary.workflow) + "): " + to_text(summary.status) +
                     ", " + seconds_text(running_seconds(summary, now_us)) + " of running since " +
                     time_text(summary.started_us) + "\n";
  text += phases_text(summary) + running_text(summary, now_us) + failure_text(summary) + last_notes(summary);
  for (const std::string& line : advise(summary)) text += "  next: " + shown(line) + "\n";
  if (summary.exit_code) text += verdict_line(summary) + "\n";
  return text;
}

std::string status_json(const RunSummary& summary, int64_t now_us) {
  Json phases = Json::array();
  for (const PhaseSummary& phase : summary.phases) {
    phases.push_back({{"name", phase.name},
                      {"state", to_text(phase.state)},
                      {"passed", count_passed(phase)},
                      {"nodes", phase.nodes.size()}});
  }
  Json running = Json::array();
  for (const NodeSummary* node : nodes_in(summary, NodeState::running)) running.push_back(running_json(*node, now_us));
  const Json json = {{"run", summary.run},
                     {"workflow", summary.workflow},
                     {"status", to_text(summary.status)},
                     {"verdict", summary.verdict},
                     {"exit_code", summary.exit_code ? Json(*summary.exit_code) : Json(nullptr)},
                     {"seconds", running_seconds(summary, now_us)},
                     {"phases", phases},
                     {"running", running},
                     {"error", summary.message},
                     {"next_node", summary.next_node},
                     {"advice", advise(summary)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sluice::report
