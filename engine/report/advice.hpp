#pragma once

#include <string>
#include <vector>

#include "report/summary.hpp"

namespace sluice::report {

/// What a person can do now, a line each: "sluice resume r-7f2a10 goes on with copy.rows". Empty for a run that passed.
std::vector<std::string> advise(const RunSummary& summary);

/// The steps whose differences a gate's criterion read, in written order.
std::vector<const NodeSummary*> find_evidence(const RunSummary& summary, const NodeSummary& gate);

}  // namespace sluice::report
