#pragma once

#include <cstdint>
#include <string>

#include "report/summary.hpp"

namespace sluice::report {

/// One screen on a live or dead run: how far each phase is, what runs now with tasks x of y, rows/s and time left, what
/// stopped it, who must act. `now_us`: calendar time. For a run without an engine call mark_killed before.
std::string status_text(const RunSummary& summary, int64_t now_us);

/// The same for machines: {"run", "workflow", "status", "verdict", "exit_code", "seconds", "phases": [{"name", "state",
/// "passed", "nodes"}], "running": [{"path", "action", "tasks": {"done", "total"}, "rows", "rows_per_second" (null:
/// unknown), "seconds_left" (null: unknown)}], "error", "next_node", "advice": [text]}.
std::string status_json(const RunSummary& summary, int64_t now_us);

/// What a running step does per second since its process started it, and how long it still takes at that pace, by
/// tasks; less than zero where nothing has ended yet.
struct Pace {
  double rows_per_second = -1;
  double seconds_left = -1;
};
Pace pace_of(const NodeSummary& node, int64_t now_us);

}  // namespace sluice::report
