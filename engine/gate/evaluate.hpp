#pragma once

#include <string>
#include <vector>

#include "workflow/criterion.hpp"
#include "workflow/metric.hpp"
#include "workflow/workflow.hpp"

namespace sluice::gate {

/// Evaluates a gate's criterion over the metrics of a run. Names were linted when the workflow was loaded; a metric that was never
/// published is NO_DATA, which never passes.
workflow::CriterionResult evaluate(const workflow::Workflow& workflow, const std::string& gate,
                                   const workflow::Metrics& metrics);

}  // namespace sluice::gate
