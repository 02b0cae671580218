#pragma once

#include "steps/action.hpp"

namespace sluice::steps {

/// sql: one statement of a store's own language, in a guarded transaction. Undo is the team's own.
class Sql : public Action {
 public:
  void plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const override;
  Expansion expand(StepContext& context) const override;
  TaskRecord run(StepContext& context, const Task& task) const override;
  Conclusion conclude(StepContext& context) const override;
};

}  // namespace sluice::steps
