#pragma once

#include "steps/action.hpp"

namespace sluice::steps {

/// verify.content: fingerprints of the target against those the copy kept (or of both sides), a re-read sample of the source,
/// and the rows and columns that differ.
class VerifyContent : public Action {
 public:
  void plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const override;
  Expansion expand(StepContext& context) const override;
  TaskRecord run(StepContext& context, const Task& task) const override;
  Conclusion conclude(StepContext& context) const override;
};

}  // namespace sluice::steps
