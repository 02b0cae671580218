#pragma once

#include "steps/action.hpp"

namespace sluice::steps {

/// sql and sql.files: statements of a store's own language. A script is one guarded transaction with its ledger row; on
/// MySQL, whose definitions commit by themselves and whose calls may, each of its statements is. With autocommit every
/// statement is a task that runs outside of a transaction; one whose end is unknown after a kill is asked for. Undo is
/// the team's own.
class Sql : public Action {
 public:
  void plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const override;
  Expansion expand(StepContext& context) const override;
  TaskRecord run(StepContext& context, const Task& task) const override;
  Conclusion conclude(StepContext& context) const override;
};

}  // namespace sluice::steps
