#pragma once

#include "steps/action.hpp"

namespace sluice::steps {

/// exec: a program, by argv, with a time limit. Its end can't be told after a kill: the run then asks.
class Exec : public Action {
 public:
  void plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const override;
  Expansion expand(StepContext& context) const override;
  TaskRecord run(StepContext& context, const Task& task) const override;
  Conclusion conclude(StepContext& context) const override;
};

}  // namespace sluice::steps
