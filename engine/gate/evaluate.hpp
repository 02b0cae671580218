#pragma once

#include <string>
#include <vector>

#include "workflow/criterion.hpp"
#include "workflow/metric.hpp"
#include "workflow/resolve.hpp"

namespace sluice::gate {

/// Evaluates the criterion of the gate at `path` over the metrics of a run. Names were linted when the workflow was loaded; a metric that was never
/// published is NO_DATA, which never passes.
workflow::CriterionResult evaluate(const workflow::MetricScope& scope, const std::string& path, const std::string& criterion,
                                   const workflow::Metrics& metrics);

}  // namespace sluice::gate
