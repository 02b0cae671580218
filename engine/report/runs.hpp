#pragma once

#include <string>
#include <vector>

#include "report/summary.hpp"

namespace sluice::report {

/// A table of runs, oldest first as given: id, workflow, status, start, verdict, target. "no runs" when there are none.
std::string runs_text(const std::vector<RunSummary>& runs);
/// {"runs": [{"run", "workflow", "status", "started", "verdict", "exit_code", "resumable", "target"}]}.
std::string runs_json(const std::vector<RunSummary>& runs);

/// The URLs of the stores that the run changes, comma between them.
std::string targets_of(const RunSummary& summary);

}  // namespace sluice::report
