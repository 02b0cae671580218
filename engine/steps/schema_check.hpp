#pragma once

#include "steps/action.hpp"

namespace sluice::steps {

/// schema.check: compares the target's tables with what the map needs. Changes nothing.
class SchemaCheck : public Action {
 public:
  void plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const override;
  TaskRecord run(StepContext& context, const Task& task) const override;
  Conclusion conclude(StepContext& context) const override;
};

}  // namespace sluice::steps
