#pragma once

#include <functional>
#include <string>

#include "journal/journal.hpp"
#include "report/summary.hpp"

namespace sluice::report {

/// The summary of a run's journal as it stands now; killed where it shows a running run that no engine has the lock of.
/// `run` names a run that has not journalled anything yet. Throws what read_journal and summarize throw.
RunSummary read_run(const std::string& journal_path, const std::string& run);

/// The same over a journal and a look at its lock. An engine may write its end and go between any two of these looks, and
/// another one may come: killed is only said where nothing was written behind the events that show it running.
RunSummary read_run(journal::Journal& journal, const std::function<bool()>& has_engine, const std::string& run);

}  // namespace sluice::report
