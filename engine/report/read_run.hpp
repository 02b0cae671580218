#pragma once

#include <string>

#include "report/summary.hpp"

namespace sluice::report {

/// The summary of a run's journal as it stands now; killed where it shows a running run that no engine has the lock of.
/// `run` names a run that has not journalled anything yet. Throws what read_journal and summarize throw.
RunSummary read_run(const std::string& journal_path, const std::string& run);

}  // namespace sluice::report
