#include "report/text.hpp"

#include <algorithm>

#include "report/advice.hpp"
#include "report/layout.hpp"

namespace sluice::report {
namespace {

std::string process_text(const RunSummary& summary) {
  if (summary.host.empty()) return "-";
  std::string text = summary.host + ", pid " + std::to_string(summary.pid);
  if (summary.processes > 1) text += " (resumed " + count_of(summary.processes - 1, "time", "times") + ")";
  return text;
}

std::string end_text(const RunSummary& summary) {
  if (summary.status == RunStatus::running) return "still running, " + seconds_text(summary.seconds) + " so far";
  return time_text(summary.ended_us) + ", " + seconds_text(summary.seconds) + " of running";
}

std::string store_text(const StoreSummary& store) {
  std::string text = store.name + " = " + store.url + " (" + store.plugin;
  if (!store.version.empty()) text += " " + store.version;
  if (store.is_disposable) text += ", disposable";
  if (store.is_target) text += ", target";
  return text + ")";
}

std::string head_text(const RunSummary& summary) {
  Table table({{""}, {""}});
  table.add({"workflow", summary.workflow});
  table.add({"started", time_text(summary.started_us)});
  table.add({"ended", end_text(summary)});
  table.add({"process", process_text(summary)});
  table.add({"plan", summary.plan_hash});
  for (const StoreSummary& store : summary.stores) table.add({"store", store_text(store)});
  for (const auto& [name, value] : summary.params) table.add({"param", name + " = " + value});
  for (const std::string& change : summary.adopted_changes) table.add({"adopted", change});
  return "Run " + shown(summary.run) + ": " + to_text(summary.status) + "\n" + table.text("  ");
}

std::string undone_text(const UndoneNode& node) {
  std::string text = "  " + shown(node.path) + ": ";
  if (node.failure)
    text += "NOT undone: " + shown(to_text(*node.failure));
  else if (node.dropped.empty() && node.rows == 0 && !node.kept.empty())
    text += "left as it is";
  else
    text += "undone in " + seconds_text(node.seconds);
  if (node.rows > 0) text += ", " + count_of(node.rows, "row", "rows") + " deleted";
  text += "\n";
  for (const std::string& dropped : node.dropped) text += "      dropped " + shown(dropped) + "\n";
  for (const std::string& kept : node.kept) text += "      kept    " + shown(kept) + "\n";
  return text;
}

std::string rollback_text(const Rollback& rollback) {
  const bool has_ended = rollback.state == NodeState::passed;
  std::string text = "\nRollback to " + shown(rollback.to) + ": " + (has_ended ? "done" : to_text(rollback.state));
  if (has_ended) text += " in " + seconds_text(rollback.seconds);
  text += "\n";
  if (!rollback.reason.empty()) text += "  because " + shown(rollback.reason) + "\n";
  for (const UndoneNode& node : rollback.undone) text += undone_text(node);
  if (rollback.undone.empty()) text += "  nothing in the stores had to be undone\n";
  if (rollback.failure) text += "  failed: " + shown(to_text(*rollback.failure)) + "\n";
  return text;
}

std::string notes_text(const std::vector<Note>& notes) {
  if (notes.empty()) return "";
  std::string text = "\nNotes\n";
  for (const Note& note : notes) {
    text += "  " + time_text(note.time_us) + "  " + (note.node.empty() ? "" : shown(note.node) + ": ") +
            shown(note.text) + "\n";
  }
  return text;
}

std::string advice_text(const RunSummary& summary) {
  const std::vector<std::string> lines = advise(summary);
  if (lines.empty()) return "";
  std::string text = "\nWhat to do\n";
  for (const std::string& line : lines) text += "  " + shown(line) + "\n";
  return text;
}

}  // namespace

std::string report_text(const RunSummary& summary) {
  std::string text = head_text(summary);
  for (const PhaseSummary& phase : summary.phases) text += "\n" + phase_text(summary, phase);
  for (const Rollback& rollback : summary.rollbacks) text += rollback_text(rollback);
  text += notes_text(summary.notes);
  if (!summary.message.empty()) text += "\nEnded: " + shown(summary.message) + "\n";
  text += advice_text(summary);
  return text + "\n" + verdict_line(summary) + "\n";
}

std::string verdict_line(const RunSummary& summary) {
  const bool has_effects_left = std::any_of(summary.phases.begin(), summary.phases.end(), [](const PhaseSummary& phase) {
    return std::any_of(phase.nodes.begin(), phase.nodes.end(), [](const NodeSummary& node) { return node.effect_stays; });
  });
  const char* undone = has_effects_left ? "none, what has an undo was rolled back and the rest stays" : "none, what was written has been rolled back";
  const char* none = summary.rollbacks.empty() || summary.status == RunStatus::passed ? "none, no proof was made" : undone;
  const std::string verdict = summary.verdict.empty() ? none : shown(summary.verdict);
  std::string line = "Verdict: " + verdict + "; run " + shown(summary.run) + " " + to_text(summary.status);
  if (summary.exit_code) line += " (exit code " + std::to_string(*summary.exit_code) + ")";
  return line;
}

}  // namespace sluice::report
