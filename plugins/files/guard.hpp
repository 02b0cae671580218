#pragma once

#include <memory>
#include <string>
#include <vector>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"

namespace sluice::files {

class Home;

/// Checks the fence and looks whether the ledger has the key: false then, and nothing is open. No lock is held until
/// the guard writes, so that many sessions may write their parts at once. Throws Error(conflict) with sqlstate SL001
/// for a stale fence.
bool begin_guard(Home& home, const sdk::Fence& fence, const sdk::WorkKey& key);
/// Opens the guard's transaction where it isn't open: checks the fence again and takes the key. Throws Error(conflict)
/// where someone else has done the work meanwhile.
void begin_writing(Home& home, const char* doing);
/// Writes the result into the ledger row, commits, and does what was committed for the directory.
void commit_guard(Home& home, const sluice_work_result& result);
/// Rolls back what is left of the guard. Never fails.
void abort_guard(Home& home) noexcept;
/// The ledger row of the key as JSON, "{}" where there is none. Waits for a writer that commits.
std::string probe_guard(Home& home, const sdk::WorkKey& key);

/// The rows of a run, of one node where `node` is not empty, in the contract's columns.
std::unique_ptr<arrow::BatchReader> read_ledger(Home& home, const std::string& run, const std::string& node);
/// Inside a guard, whose own row stays.
void forget_work(Home& home, const std::string& run, const std::string& node, uint32_t generation);
/// Publishes what the run left unpublished, then removes its rows; the whole home where no other run is in it.
void retire_run(Home& home, const sdk::Fence& fence, const std::string& run);

/// Rejects beside the ledger, as in the contract. record: inside a guard.
void record_rejects(Home& home, const std::vector<std::string>& rejects);
std::unique_ptr<arrow::BatchReader> read_rejects(Home& home, const std::string& run, const std::string& node, uint32_t generation);

/// Objects that runs created: `what` a statement of kind "table" made is the table, until it is published in the same
/// node; then it is its file. All as in the contract.
void record_objects(Home& home, const std::string& objects);
std::string drop_objects(Home& home, const std::string& run, const std::string& node);
std::string list_objects(Home& home, const std::string& run, const std::string& node);

}  // namespace sluice::files
