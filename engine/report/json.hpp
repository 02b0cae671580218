#pragma once

#include <string>

#include "report/summary.hpp"

namespace sluice::report {

/// The report for machines, one JSON object, indented. Fields stay; later versions only add. Times are
/// "2026-01-31T13:05:00.123Z" or null, durations seconds, errors {"code", "message", "hint", "where"} or null.
///
///   "schema": 1, "run", "workflow", "status", "verdict" ("MATCH", "MISMATCH", "INCOMPLETE" or ""), "exit_code" (null
///   while it runs and when killed), "resumable", "message", "plan_hash", "host", "pid", "processes", "started",
///   "ended", "seconds", "params": {name: text}, "stores": [{"name", "plugin", "url", "version", "target",
///   "disposable"}], "adopted_changes": [text], "phases": [{"name", "title", "state", "seconds", "nodes": [{"path",
///   "kind", "title", "action", "criterion", "where", "state",
///     "rolled_back", "effect_stays", "generation", "attempts", "started", "ended", "seconds", "tasks": {"total",
///     "done", "found_done"}, "rows", "bytes", "tables": {name: {"rows", "bytes", "tasks", "seconds"}}, "metrics":
///     {name: {"unit", "value", "tables"}} (a value is an integer, [numerator, denominator] or {"number"}), "summary",
///     "verdict", "error", "gate": null or {"criterion", "result", "message", "comparisons": [{"text", "left", "right",
///     "result"}]}, "differences": [{"table", "verdict", "source_rows", "target_rows", "missing", "extra", "changed",
///     "duplicated", "notes",
///       "rows": [{"kind", "key", "times", "cells": [{"column", "source", "target"}]}]}],
///     "retried": [{"task", "attempt", "wait_ms", "error"}]}]}],
///   "rollbacks": [{"to", "reason", "state", "seconds", "planned": [path], "error", "undone": [{"path", "seconds",
///   "rows",
///     "dropped", "kept", "error"}]}],
///   "notes": [{"time", "node", "text"}], "next_node", "advice": [text]
std::string report_json(const RunSummary& summary);

}  // namespace sluice::report
