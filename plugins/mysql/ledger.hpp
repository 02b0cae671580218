#pragma once

#include <memory>
#include <string>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "session.hpp"

namespace sluice::mysql {

Values key_params(const sdk::WorkKey& key);
inline constexpr const char* kOfKey = " WHERE run = ? AND node = ? AND tbl = ? AND generation = ? AND chunk = ?";

/// Fills in the guard's own ledger row and marks it as done.
void complete_ledger_row(Connection& connection, const sdk::WorkKey& key, const sluice_work_result& result);

/// The row of `key` as JSON, "{}" where there is none that is done. `locks`: waits for whoever is writing it.
std::string ledger_row_json(Connection& connection, const sdk::WorkKey& key, bool locks);

/// The done rows of `run`, of one node where `node` is not "". No rows without a home.
std::unique_ptr<arrow::BatchReader> read_ledger(Session& session, const std::string& run, const std::string& node);

/// Inside a guard: deletes the rows of (run, node, generation) but for the guard's own.
void forget_ledger(Session& session, const std::string& run, const std::string& node, uint32_t generation);

}  // namespace sluice::mysql
