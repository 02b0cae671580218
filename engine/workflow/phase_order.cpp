#include "workflow/phase_order.hpp"

#include <algorithm>
#include <unordered_map>

namespace sluice::workflow {
namespace {

using Edges = std::vector<std::vector<size_t>>;

enum class Mark { unseen, open, done };

/// Depth first along what phases wait for; `trail` then ends with the cycle.
bool walk_into_cycle(const Edges& edges, size_t phase, std::vector<Mark>& marks, std::vector<size_t>& trail) {
  marks[phase] = Mark::open;
  trail.push_back(phase);
  for (const size_t next : edges[phase]) {
    if (marks[next] == Mark::done) continue;
    if (marks[next] == Mark::open) {
      trail.push_back(next);
      return true;
    }
    if (walk_into_cycle(edges, next, marks, trail)) return true;
  }
  trail.pop_back();
  marks[phase] = Mark::done;
  return false;
}

}  // namespace

std::vector<std::vector<size_t>> phases_waited_for(const Workflow& workflow) {
  std::unordered_map<std::string, size_t> index;
  for (size_t i = 0; i < workflow.phases.size(); ++i) index.emplace(workflow.phases[i].name, i);
  Edges edges(workflow.phases.size());
  for (size_t i = 0; i < workflow.phases.size(); ++i) {
    const auto& after = workflow.phases[i].after;
    if (!after && i > 0) edges[i].push_back(i - 1);
    if (!after) continue;
    for (const std::string& name : *after) {
      const auto found = index.find(name);
      if (found != index.end()) edges[i].push_back(found->second);
    }
  }
  return edges;
}

std::vector<bool> phases_before(const Edges& waited_for, size_t phase) {
  std::vector<bool> seen(waited_for.size(), false);
  std::vector<size_t> open = waited_for[phase];
  while (!open.empty()) {
    const size_t next = open.back();
    open.pop_back();
    if (seen[next]) continue;
    seen[next] = true;
    open.insert(open.end(), waited_for[next].begin(), waited_for[next].end());
  }
  return seen;
}

std::vector<std::string> find_phase_cycle(const Workflow& workflow) {
  const Edges edges = phases_waited_for(workflow);
  std::vector<Mark> marks(edges.size(), Mark::unseen);
  for (size_t phase = 0; phase < edges.size(); ++phase) {
    std::vector<size_t> trail;
    if (marks[phase] != Mark::unseen || !walk_into_cycle(edges, phase, marks, trail)) continue;
    std::vector<std::string> names;
    for (auto at = std::find(trail.begin(), trail.end(), trail.back()); at != trail.end(); ++at) {
      names.push_back(workflow.phases[*at].name);
    }
    // The trail goes from a phase to what it waits for; people read in the order of running.
    std::reverse(names.begin(), names.end());
    return names;
  }
  return {};
}

}  // namespace sluice::workflow
