#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "plan/plan.hpp"
#include "plan/stores.hpp"
#include "workflow/workflow.hpp"

namespace sluice::plan {

/// What planning offers to an action's hook: bound stores, looked-up catalogs, decided mappings (each once).
class PlanContext {
 public:
  PlanContext(const workflow::Workflow& workflow, const Stores& stores, Plan& plan);
  ~PlanContext();

  const Stores& stores() const { return stores_; }
  const workflow::Workflow& workflow() const { return workflow_; }
  /// The mapping of a map value, decided on first use: looks at the source with its evidence and asks the target for types.
  const catalog::Mapping& mapping(size_t map);
  /// The target's DDL for a mapping at a stage.
  catalog::Ddl ddl(size_t map, const std::string& stage);
  store::Session& session(const std::string& store);
  void warn(const std::string& text);

 private:
  void refuse_same_store(const std::string& from, const std::string& to, const std::string& where);
  catalog::Mapping decide_new(const catalog::Catalog& source, const catalog::MapSpec& spec);
  catalog::Mapping fit_existing(const catalog::Catalog& source, const catalog::MapSpec& spec);
  void try_conditions(const catalog::MapSpec& spec, const catalog::Mapping& mapping);

  const workflow::Workflow& workflow_;
  const Stores& stores_;
  Plan& plan_;
  std::map<std::string, std::unique_ptr<store::Session>> sessions_;
  std::map<size_t, bool> decided_;
};

/// An action's part of planning: fills the node (map, targets, sources, workers, statements, effects, destroys). `steps`
/// implements one per action.
class PlanHook {
 public:
  virtual ~PlanHook() = default;
  virtual void plan(const workflow::Action& action, PlanContext& context, PlannedNode& node) const = 0;
};
/// The hook of an action's word; never nullptr for a word of the table.
using FindHook = std::function<const PlanHook*(const std::string& word)>;

/// Binds and plans. Reads the stores, changes nothing.
Plan make_plan(const workflow::Workflow& workflow, const Stores& stores, const FindHook& find_hook);

/// sha256 over the workflow's files and its params: what `resume` compares first.
std::string bundle_hash(const workflow::Workflow& workflow);

/// Graph of the nodes without actions' parts, in written order. Throws Error naming every node of a cycle of `after`.
std::vector<PlannedNode> make_graph(const workflow::Workflow& workflow);

}  // namespace sluice::plan
