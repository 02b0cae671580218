#pragma once

#include "steps/action.hpp"

namespace sluice::steps {

/// schema.finish: keys and indexes, then foreign keys, then sequences, then statistics; the statements of one group in
/// parallel, each in a transaction of its own. Undo drops what it created.
class SchemaFinish : public Action {
 public:
  void plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const override;
  Expansion expand(StepContext& context) const override;
  TaskRecord run(StepContext& context, const Task& task) const override;
  Conclusion conclude(StepContext& context) const override;
  UndoReport undo(StepContext& context) const override;
};

}  // namespace sluice::steps
