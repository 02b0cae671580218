#pragma once

#include <string>
#include <vector>

#include "workflow/workflow.hpp"

namespace sluice::workflow {

/// One mistake in a workflow, with its remedy in the message.
struct Fault {
  Location where;
  std::string word;  ///< what to point at in the source, from `where` on; may be empty
  std::string message;
};

/// What is wrong between the parts of a workflow, each of which was checked when it was read: names given twice,
/// `after` and rollback_to that lead nowhere or into a cycle, unknown stores, criteria. In written order; empty means
/// sound.
std::vector<Fault> lint(const Workflow& workflow);

}  // namespace sluice::workflow
