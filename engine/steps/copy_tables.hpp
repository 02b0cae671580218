#pragma once

#include "steps/action.hpp"

namespace sluice::steps {

/// copy.tables: the map's rows, chunk by chunk, each chunk in one transaction with its ledger row. Undo empties the tables.
class CopyTables : public Action {
 public:
  void plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const override;
  Expansion expand(StepContext& context) const override;
  TaskRecord run(StepContext& context, const Task& task) const override;
  Conclusion conclude(StepContext& context) const override;
  UndoReport undo(StepContext& context) const override;
};

}  // namespace sluice::steps
