#pragma once

#include <string>

#include "report/summary.hpp"

namespace sluice::report {

/// The report for people: the run, its phases with steps and gates (each gate's criterion word for word with both
/// sides' values), tables with their rows, differences by row and column, what was retried, rolled back, dropped and
/// kept, notes, what to do next. The last line is the verdict. All text of stores and people is escaped for a terminal.
std::string report_text(const RunSummary& summary);

/// A phase with its nodes, as in the report.
std::string phase_text(const RunSummary& summary, const PhaseSummary& phase);
/// The last line: "Verdict: MATCH; run r-7f2a10 passed (exit code 0)".
std::string verdict_line(const RunSummary& summary);

}  // namespace sluice::report
