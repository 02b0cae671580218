#include "workflow/resolve.hpp"

#include <unordered_map>
#include <utility>

#include "base/error.hpp"
#include "workflow/phase_order.hpp"

namespace sluice::workflow {
namespace {

/// A place in the order: which phase, and which of its direct children (a parallel group shares one).
struct Position {
  size_t phase = 0;
  size_t child = 0;
};

/// Where a gate stands.
class Standpoint {
 public:
  Standpoint(const Position& position, const std::vector<std::vector<size_t>>& waited_for)
      : position(position), waited_for_(waited_for) {}

  bool is_after(const Position& step) const {
    if (step.phase == position.phase) return step.child < position.child;
    // Most gates read their own phase alone, and a workflow may have thousands of phases.
    if (passed_.empty()) passed_ = phases_before(waited_for_, position.phase);
    return passed_[step.phase];
  }

  Position position;

 private:
  const std::vector<std::vector<size_t>>& waited_for_;
  mutable std::vector<bool> passed_;  // the phases that have passed when the gate is reached
};

struct StepEntry {
  const Node* node = nullptr;
  const Word* word = nullptr;
  Position position;
};

/// "PHASE.STEP" and "metric" of a name as written in `phase`; empty where the name has no such form.
std::pair<std::string, std::string> split_name(const std::string& name, const std::string& phase) {
  const size_t last = name.rfind('.');
  if (last == std::string::npos) return {};
  const std::string step = name.substr(0, last);
  const bool has_phase = step.find('.') != std::string::npos;
  return {has_phase ? step : phase + "." + step, name.substr(last + 1)};
}

}  // namespace

struct MetricScope::Index {
  const Workflow* workflow = nullptr;
  std::unordered_map<std::string, StepEntry> steps;
  std::unordered_map<std::string, Position> gates;
  std::vector<std::vector<size_t>> waited_for;

  void add(const Node& node, Position position) {
    if (node.kind == NodeKind::gate) gates[node.path] = position;
    if (node.kind == NodeKind::step && node.action) {
      steps[node.path] = {&node, find_word(node.action->word), position};
    }
    for (const Node& child : node.children) add(child, position);
  }

  /// Every metric name that may be written at `gate`, shortest spelling.
  void list_known(const Standpoint& gate, std::vector<std::string>& known) const {
    for (const auto& [path, step] : steps) {
      if (!step.word || !gate.is_after(step.position)) continue;
      const bool is_own = step.position.phase == gate.position.phase;
      for (const MetricSpec& metric : step.word->metrics) {
        known.push_back((is_own ? step.node->name : path) + "." + metric.name);
      }
    }
  }

  /// A step of another phase, written without its phase.
  void refuse_missing_phase(const std::string& name) const {
    const size_t dot = name.find('.');
    if (dot == std::string::npos || name.find('.', dot + 1) != std::string::npos) return;
    for (const Node& phase : workflow->phases) {
      if (steps.count(phase.name + "." + name.substr(0, dot)) == 0) continue;
      throw Error(Code::invalid_argument, "\"" + name.substr(0, dot) + "\" is a step of phase \"" + phase.name +
                                              "\"; write " + phase.name + "." + name);
    }
  }

  void refuse_later(const std::string& name, const StepEntry& step, const Standpoint& gate) const {
    if (gate.is_after(step.position)) return;
    const bool same_phase = step.position.phase == gate.position.phase;
    const std::string place = to_text(step.node->where);
    const std::string why = same_phase && step.position.child == gate.position.child
                                ? "runs beside the gate in the same parallel group"
                            : same_phase ? "comes after the gate"
                                         : "is in a phase that need not have passed";
    throw Error(Code::invalid_argument, "\"" + name + "\": step \"" + step.node->path + "\" (" + place + ") " + why +
                                            "; a gate reads only what comes before it");
  }

  std::optional<MetricRef> resolve(const std::string& name, const Standpoint& gate,
                                   std::vector<std::string>& known) const {
    const auto [path, metric] = split_name(name, workflow->phases[gate.position.phase].name);
    const auto found = steps.find(path);
    if (found == steps.end()) {
      refuse_missing_phase(name);
      list_known(gate, known);
      return std::nullopt;
    }
    refuse_later(name, found->second, gate);
    const Word* word = found->second.word;
    if (const MetricSpec* spec = word ? word->find_metric(metric) : nullptr)
      return MetricRef{spec, path + "." + metric};
    const std::string prefix = name.substr(0, name.rfind('.') + 1);
    if (word)
      for (const MetricSpec& spec : word->metrics) known.push_back(prefix + spec.name);
    return std::nullopt;
  }
};

MetricScope::MetricScope(const Workflow& workflow) {
  auto index = std::make_shared<Index>();
  index->workflow = &workflow;
  index->waited_for = phases_waited_for(workflow);
  for (size_t phase = 0; phase < workflow.phases.size(); ++phase) {
    const std::vector<Node>& children = workflow.phases[phase].children;
    for (size_t child = 0; child < children.size(); ++child) index->add(children[child], {phase, child});
  }
  index_ = std::move(index);
}

MetricScope::~MetricScope() = default;
MetricScope::MetricScope(MetricScope&&) noexcept = default;

ResolveMetric MetricScope::at(const std::string& gate_path) const {
  const auto found = index_->gates.find(gate_path);
  if (found == index_->gates.end()) throw Error(Code::internal, "gate " + gate_path + " is no part of the workflow");
  return [index = index_, standpoint = Standpoint(found->second, index_->waited_for)](
             const std::string& name, std::vector<std::string>& known) { return index->resolve(name, standpoint, known); };
}

}  // namespace sluice::workflow
