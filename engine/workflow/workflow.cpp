#include "workflow/workflow.hpp"

namespace sluice::workflow {
namespace {

const Node* find_below(const std::vector<Node>& nodes, const std::string& path) {
  for (const Node& node : nodes) {
    if (node.path == path && node.kind != NodeKind::parallel) return &node;
    const bool may_hold =
        node.kind == NodeKind::parallel || path.compare(0, node.path.size() + 1, node.path + ".") == 0;
    if (!may_hold) continue;
    if (const Node* found = find_below(node.children, path)) return found;
  }
  return nullptr;
}

void append_in_order(const std::vector<Node>& nodes, std::vector<const Node*>& out) {
  for (const Node& node : nodes) {
    out.push_back(&node);
    append_in_order(node.children, out);
  }
}

}  // namespace

const char* to_text(NodeKind kind) {
  switch (kind) {
    case NodeKind::phase: return "phase";
    case NodeKind::step: return "step";
    case NodeKind::gate: return "gate";
    case NodeKind::parallel: return "parallel";
  }
  return "node";
}

const Node* Workflow::find(const std::string& path) const { return find_below(phases, path); }

std::vector<const Node*> nodes_in_order(const Workflow& workflow) {
  std::vector<const Node*> nodes;
  append_in_order(workflow.phases, nodes);
  return nodes;
}

}  // namespace sluice::workflow
