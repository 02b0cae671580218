#pragma once

/// The kinds of events and what their data carries (JSON objects; seconds are numbers, errors are {"code", "message",
/// "hint", "where"}). The report and a resumed run read nothing else.
namespace sluice::journal::kind {

/// {"workflow", "run", "plan_hash", "bundle_hash", "state", "process": {host, boot_id, pid, pid_start}, "params":
/// {name: {value, origin}}, "stores": {name: {"plugin", "url" (no password), "id", "pin", "name", "version",
/// "disposable": bool, "target": bool}}, "nodes": [{"path", "kind", "title", "word", "criterion", "where"}] in written
/// order}
inline constexpr const char* run_started = "run_started";
/// {"process", "reason"}: another process goes on with the run.
inline constexpr const char* run_resumed = "run_resumed";
/// {"from": old plan hash, "to": new plan hash, "nodes": as run_started, "changes": [text]}
inline constexpr const char* plan_adopted = "plan_adopted";
/// A pinned source's state, node "": {"store", "state": object}. Written at first use and checked on resume.
inline constexpr const char* source_state = "source_state";
/// Intent of a step, or the start of a gate or phase: {"attempt"}
inline constexpr const char* node_started = "node_started";
/// {"tasks": how many are still to do, "done": how many the ledger or the journal already had}
inline constexpr const char* tasks_planned = "tasks_planned";
/// Intent of one task that changes the world and is not covered by a ledger (exec): {}
inline constexpr const char* task_started = "task_started";
/// {"seconds", "table", "rows", "bytes", "skipped": bool, "detail": object of the action's}
inline constexpr const char* task_done = "task_done";
/// {"error", "attempt", "wait_ms" (before the next try; -1: none)}
inline constexpr const char* task_failed = "task_failed";
/// {"seconds", "metrics": object (workflow/metric.hpp), "summary": text, "verdict" of a proof:
/// "MATCH|MISMATCH|INCOMPLETE", "differences": [{"table", "verdict", "source_rows", "target_rows", "missing", "extra",
/// "changed", "duplicated", "notes": [text], "rows": [{"kind", "key", "times", "cells": [{"column", "source",
/// "target"}]}]}]}
inline constexpr const char* node_passed = "node_passed";
/// {"seconds", "error", "metrics"}
inline constexpr const char* node_failed = "node_failed";
/// {"criterion", "result": "PASS|FAIL|NO_DATA|ERROR", "comparisons": [{text, left, right, result}], "message",
/// "differences": evidence of the steps that it read}
inline constexpr const char* gate_measured = "gate_measured";
/// {"to": path, "reason", "nodes": [paths to undo, newest first], "from_gate": bool}
inline constexpr const char* rollback_started = "rollback_started";
/// {}
inline constexpr const char* undo_started = "undo_started";
/// {"seconds", "dropped": [text], "kept": [text], "rows": rows deleted}
inline constexpr const char* undo_done = "undo_done";
/// {"error"}
inline constexpr const char* undo_failed = "undo_failed";
/// {"seconds"} / {"error"}
inline constexpr const char* rollback_done = "rollback_done";
inline constexpr const char* rollback_failed = "rollback_failed";
/// {"status": "passed|failed|rolled_back|rollback_failed|interrupted", "exit_code", "seconds", "verdict" ("MATCH", ...
/// or ""), "resumable": bool, "message"}. The last event of a process that ended in good order.
inline constexpr const char* run_ended = "run_ended";
/// {}: after run_ended with "passed": the targets are released and the report is written; nothing is left to do.
inline constexpr const char* run_closed = "run_closed";
/// {"text"}: a word from a person or a warning of the engine's.
inline constexpr const char* note = "note";

}  // namespace sluice::journal::kind
