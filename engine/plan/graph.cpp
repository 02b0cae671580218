#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "plan/make_plan.hpp"

namespace sluice::plan {
namespace {

using workflow::Node;
using workflow::NodeKind;
using workflow::OnFail;

/// Builds the list in written order. A group (phase, parallel) is a node behind its children, so that edges stay as many as
/// nodes even between two wide groups.
class GraphBuilder {
 public:
  std::vector<PlannedNode> nodes;

  /// Adds `node`, starting after `before`; answers the index of the node that stands for its end.
  uint32_t add(const Node& node, const std::vector<uint32_t>& before, const std::optional<OnFail>& inherited) {
    std::optional<OnFail> on_fail = node.on_fail ? node.on_fail : inherited;
    if (node.kind == NodeKind::step || node.kind == NodeKind::gate) return push(node, before, on_fail);
    std::vector<uint32_t> ends = before;
    std::vector<uint32_t> parallel_ends;
    for (const Node& child : node.children) {
      uint32_t end = add(child, ends, on_fail);
      if (node.kind == NodeKind::parallel) {
        parallel_ends.push_back(end);
      } else {
        ends = {end};
      }
    }
    return push(node, node.kind == NodeKind::parallel ? parallel_ends : ends, on_fail);
  }

 private:
  uint32_t push(const Node& node, const std::vector<uint32_t>& after, const std::optional<OnFail>& on_fail) {
    PlannedNode planned;
    planned.path = node.path;
    planned.kind = node.kind;
    planned.title = node.title;
    planned.note = node.note;
    planned.where = to_text(node.where);
    planned.after = after;
    planned.on_fail = on_fail;
    planned.timeout = node.timeout;
    planned.criterion = node.criterion;
    if (node.check) planned.check = node.check->id;
    if (node.retry) planned.retry = *node.retry;
    if (node.kind == NodeKind::parallel) planned.path = node.path + ".parallel:" + std::to_string(node.where.line);
    nodes.push_back(std::move(planned));
    return static_cast<uint32_t>(nodes.size() - 1);
  }
};

/// Depth-first over `after`; throws naming the cycle, else appends phases in an order that respects it.
class PhaseOrder {
 public:
  explicit PhaseOrder(const std::vector<Node>& phases) : phases_(phases) {
    for (size_t i = 0; i < phases.size(); ++i) index_[phases[i].name] = i;
    state_.assign(phases.size(), State::unseen);
  }

  std::vector<size_t> order() {
    for (size_t i = 0; i < phases_.size(); ++i) visit(i);
    return order_;
  }

  std::vector<size_t> before(size_t phase) const {
    if (!phases_[phase].after) return phase == 0 ? std::vector<size_t>{} : std::vector<size_t>{phase - 1};
    std::vector<size_t> result;
    for (const std::string& name : *phases_[phase].after) result.push_back(index_of(name, phases_[phase]));
    return result;
  }

 private:
  enum class State { unseen, open, done };

  size_t index_of(const std::string& name, const Node& user) const {
    auto found = index_.find(name);
    if (found != index_.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [phase, unused] : index_) known.push_back(phase);
    std::string near = nearest(name, known);
    throw Error(Code::invalid_argument, "after names the phase \"" + name + "\", and there is none of that name",
                near.empty() ? "" : "did you mean \"" + near + "\"?", to_text(user.where));
  }

  void visit(size_t phase) {
    if (state_[phase] == State::done) return;
    path_.push_back(phase);
    if (state_[phase] == State::open) throw_cycle(phase);
    state_[phase] = State::open;
    for (size_t earlier : before(phase)) visit(earlier);
    state_[phase] = State::done;
    order_.push_back(phase);
    path_.pop_back();
  }

  [[noreturn]] void throw_cycle(size_t phase) const {
    auto start = std::find(path_.begin(), path_.end(), phase);
    std::string text;
    for (auto it = start; it != path_.end(); ++it) text += (text.empty() ? "" : " -> ") + phases_[*it].name;
    throw Error(Code::invalid_argument, "the phases wait for each other: " + text,
                "take one name out of an `after` list", to_text(phases_[phase].where));
  }

  const std::vector<Node>& phases_;
  std::map<std::string, size_t> index_;
  std::vector<State> state_;
  std::vector<size_t> path_;
  std::vector<size_t> order_;
};

}  // namespace

std::vector<PlannedNode> make_graph(const workflow::Workflow& workflow) {
  PhaseOrder phases(workflow.phases);
  GraphBuilder graph;
  graph.nodes.reserve(workflow::nodes_in_order(workflow).size());
  std::map<size_t, uint32_t> ends;
  for (size_t phase : phases.order()) {
    std::vector<uint32_t> before;
    for (size_t earlier : phases.before(phase)) before.push_back(ends.at(earlier));
    ends[phase] = graph.add(workflow.phases[phase], before, std::nullopt);
  }
  return std::move(graph.nodes);
}

}  // namespace sluice::plan
