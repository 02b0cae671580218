#include "report/advice.hpp"

#include <cctype>

namespace sluice::report {
namespace {

bool is_name_letter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' || letter == '.';
}

/// `text` names a metric of the step: "proof." or "copy.proof.", not as the end of a longer name.
bool mentions(const std::string& text, const std::string& step) {
  const std::string wanted = step + ".";
  for (size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) {
    if (at == 0 || !is_name_letter(text[at - 1])) return true;
  }
  return false;
}

std::string phase_of(const std::string& path) { return path.substr(0, path.find('.')); }
std::string name_of(const std::string& path) { return path.substr(path.find('.') + 1); }

/// The first failed node that nothing has set back; nullptr for none.
const NodeSummary* failed_node(const RunSummary& summary) {
  for (const PhaseSummary& phase : summary.phases) {
    for (const NodeSummary& node : phase.nodes) {
      if (node.state == NodeState::failed) return &node;
    }
  }
  return nullptr;
}

/// What is to be done before it can go on. A gate looks again at what the steps before it measured: they must measure again.
std::string fix_line(const RunSummary& summary) {
  const NodeSummary* failed = failed_node(summary);
  if (failed == nullptr) return "";
  const std::string fix = "set right what failed in " + failed->path + ", then: ";
  const auto steps = find_evidence(summary, *failed);
  if (failed->kind != "gate" || steps.empty() || summary.status != RunStatus::failed) return fix;
  return fix + "sluice rollback " + summary.run + " --to " + steps.front()->path + ", so that it measures again, and ";
}

std::string resume_line(const RunSummary& summary) {
  const std::string next = summary.next_node.empty() ? "" : " goes on with " + summary.next_node;
  return "sluice resume " + summary.run + next;
}

std::string rollback_line(const RunSummary& summary) {
  const std::string first = summary.phases.empty() ? "NODE" : summary.phases.front().name;
  return "sluice rollback " + summary.run + " --to " + first + " undoes what this run did";
}

bool has_begun(const RunSummary& summary) {
  for (const PhaseSummary& phase : summary.phases) {
    for (const NodeSummary& node : phase.nodes) {
      if (node.started_us != 0) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<const NodeSummary*> find_evidence(const RunSummary& summary, const NodeSummary& gate) {
  std::vector<const NodeSummary*> steps;
  const std::string criterion = gate.gate ? gate.gate->criterion : gate.criterion;
  for (const PhaseSummary& phase : summary.phases) {
    for (const NodeSummary& node : phase.nodes) {
      if (node.differences.empty() || node.kind != "step") continue;
      const bool is_near = phase.name == phase_of(gate.path) && mentions(criterion, name_of(node.path));
      if (is_near || mentions(criterion, node.path)) steps.push_back(&node);
    }
  }
  return steps;
}

std::vector<std::string> advise(const RunSummary& summary) {
  std::vector<std::string> lines;
  const std::string fix = fix_line(summary);
  switch (summary.status) {
    case RunStatus::not_started: return {"it ended before its first step; start again with sluice run"};
    case RunStatus::passed: return {};
    case RunStatus::running:
      return {"nothing: process " + std::to_string(summary.pid) + " on " + summary.host + " goes on with it"};
    case RunStatus::rollback_failed:
      return {"set right what stopped the rollback, then: sluice resume " + summary.run + " takes it up again"};
    case RunStatus::rolled_back:
    case RunStatus::failed: lines.push_back(fix + resume_line(summary)); break;
    case RunStatus::killed:
    case RunStatus::interrupted: lines.push_back(resume_line(summary)); break;
  }
  if (!summary.is_resumable) return {"this run cannot go on; start another with sluice run"};
  if (has_begun(summary) && summary.status != RunStatus::rolled_back) lines.push_back(rollback_line(summary));
  return lines;
}

}  // namespace sluice::report
