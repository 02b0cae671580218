#pragma once

#include "steps/action.hpp"

namespace sluice::steps {

/// schema.create: makes the map's tables in the target, all in one transaction. Undo drops what it created.
class SchemaCreate : public Action {
 public:
  void plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const override;
  Expansion expand(StepContext& context) const override;
  TaskRecord run(StepContext& context, const Task& task) const override;
  Conclusion conclude(StepContext& context) const override;
  UndoReport undo(StepContext& context) const override;
};

}  // namespace sluice::steps
