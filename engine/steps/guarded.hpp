#pragma once

#include <string>
#include <vector>

#include "steps/action.hpp"

namespace sluice::steps {

/// Runs DDL statements and records the objects they create, in one guarded transaction with the ledger row of `key`. False
/// when the ledger had it already.
bool run_statements(StepContext& context, const std::string& store, const store::WorkKey& key,
                    const std::vector<catalog::Statement>& statements);

/// Undoes what the node created: drops its recorded objects that still are the same ones, newest first, and forgets its ledger
/// rows, in one guarded transaction.
UndoReport drop_created(StepContext& context, const std::string& store);

/// The lines that `plan` prints for what undoing statements would destroy.
std::vector<std::string> describe_objects(const std::vector<catalog::Statement>& statements);

/// The map of an action's fields; fills node.map and node.targets.
const catalog::Mapping& plan_map(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node);

}  // namespace sluice::steps
