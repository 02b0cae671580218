#pragma once

#include "steps/action.hpp"

namespace sluice::steps {

/// verify.counts: the number of rows of every table on both sides.
class VerifyCounts : public Action {
 public:
  void plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const override;
  Expansion expand(StepContext& context) const override;
  TaskRecord run(StepContext& context, const Task& task) const override;
  Conclusion conclude(StepContext& context) const override;
};

}  // namespace sluice::steps
