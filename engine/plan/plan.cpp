#include "plan/plan.hpp"

#include <algorithm>

namespace sluice::plan {

const PlannedNode* Plan::find(const std::string& path) const {
  auto found = std::find_if(nodes.begin(), nodes.end(), [&](const PlannedNode& node) { return node.path == path; });
  return found == nodes.end() ? nullptr : &*found;
}

const PlannedStore* Plan::find_store(const std::string& name) const {
  auto found = std::find_if(stores.begin(), stores.end(), [&](const PlannedStore& store) { return store.name == name; });
  return found == stores.end() ? nullptr : &*found;
}

NodeIndex::NodeIndex(const Plan& plan) {
  nodes_.reserve(plan.nodes.size());
  for (const PlannedNode& node : plan.nodes) nodes_.emplace(node.path, &node);
}

const PlannedNode* NodeIndex::find(const std::string& path) const {
  const auto found = nodes_.find(path);
  return found == nodes_.end() ? nullptr : found->second;
}

}  // namespace sluice::plan
