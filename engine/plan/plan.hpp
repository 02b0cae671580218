#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/ddl.hpp"
#include "catalog/mapping.hpp"
#include "workflow/workflow.hpp"

/// The plan: a workflow bound to its stores. A value; what `plan` shows is what `run` does.
namespace sluice::plan {

/// A store as the plan saw it.
struct PlannedStore {
  std::string name;
  std::string plugin;
  std::string plugin_version;
  std::string url;          ///< without password
  std::string schema;
  std::string id;           ///< identity; compared on resume, not hashed
  std::string version;
  bool disposable = false;
  bool is_target = false;   ///< some action changes it: the run holds its fence
};

/// A node of the graph. Nodes are in written order; phases and parallel groups stand behind their children, as the point
/// where all of them have passed.
struct PlannedNode {
  std::string path;
  workflow::NodeKind kind = workflow::NodeKind::step;
  std::string title;
  std::string note;
  std::string where;               ///< "file:line"
  std::vector<uint32_t> after;     ///< indexes of nodes that must have passed first
  std::string word;                ///< steps: the action
  std::string fields;              ///< steps: the action's fields as JSON (hashed)
  std::string undo;                ///< steps: an undo action of the team's own, {"word", "fields"} as JSON, or ""
  int32_t map = -1;                ///< index into Plan::mappings, -1: none
  std::vector<std::string> targets;  ///< names of the stores that it changes
  std::vector<std::string> sources;  ///< names of the stores that it reads under the run's snapshot
  int32_t workers = 1;             ///< tasks at once
  workflow::Retry retry;
  std::chrono::milliseconds timeout{0};
  std::string criterion;           ///< gates
  std::string check;               ///< gates: id of the function
  std::vector<std::string> reads;  ///< gates: keys of the metrics that the criterion reads; empty: it may ask for any
  std::optional<workflow::OnFail> on_fail;  ///< the nearest one, phase's included
  bool has_undo = false;
  bool is_probed = false;          ///< its outcome can't be told from a ledger after a kill (exec)
  std::vector<catalog::Statement> statements;  ///< DDL that it runs
  std::vector<std::string> effects;            ///< lines for people: what it does
  std::vector<std::string> destroys;           ///< lines for people: what its undo would destroy
};

struct Plan {
  std::string workflow;
  std::string title;
  std::vector<workflow::Param> params;
  std::vector<PlannedStore> stores;
  std::vector<catalog::Mapping> mappings;  ///< by index of Workflow::maps; from == "" where no action used it
  std::vector<PlannedNode> nodes;
  std::vector<std::string> warnings;
  std::string bundle_hash;  ///< sha256 over the workflow's files and params
  std::string hash;         ///< sha256 over bundle, DDL, mappings, plugin versions

  const PlannedNode* find(const std::string& path) const;
  const PlannedStore* find_store(const std::string& name) const;
};

/// The plan's nodes by path, for those who look up many; valid as long as the plan's nodes stay where they are.
class NodeIndex {
 public:
  explicit NodeIndex(const Plan& plan);
  /// nullptr where there is none.
  const PlannedNode* find(const std::string& path) const;

 private:
  std::unordered_map<std::string_view, const PlannedNode*> nodes_;
};

std::string plan_to_json(const Plan& plan);
Plan plan_from_json(const std::string& json);

/// The plan for people: stores, params with origin, graph, DDL, type decisions, estimates, warnings, hash.
std::string plan_text(const Plan& plan);

/// What differs between two mappings in what they do to values: tables, columns, types, casts; a line each.
std::vector<std::string> mapping_changes(const catalog::Mapping& before, const catalog::Mapping& after);

/// What differs between two plans, a line each.
std::vector<std::string> plan_changes(const Plan& before, const Plan& after);

}  // namespace sluice::plan
