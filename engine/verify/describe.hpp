#pragma once

#include <vector>

#include "verify/drill.hpp"

namespace sluice::verify {

/// Reads the texts of the kept findings, in one more scan of the range on each side. A row that is no longer there says
/// so.
std::vector<RowDifference> describe_findings(const Comparison& comparison, const std::vector<Finding>& findings);

}  // namespace sluice::verify
