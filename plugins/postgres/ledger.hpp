#pragma once

#include <memory>
#include <string>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "session.hpp"

namespace sluice::postgres {

/// Fills in the guard's own ledger row; changes no row where this is not the transaction that inserted it.
Statement ledger_update(const sdk::WorkKey& key, const sluice_work_result& result);

/// The committed row of `key` as JSON, "{}" where there is none.
std::string ledger_row_json(Connection& connection, const sdk::WorkKey& key);

/// The rows of `run`, of one node where `node` is not "". No rows without a home.
std::unique_ptr<arrow::BatchReader> read_ledger(Session& session, const std::string& run, const std::string& node);

/// Inside a guard: deletes the rows of (run, node, generation) but for the guard's own.
void forget_ledger(Session& session, const std::string& run, const std::string& node, uint32_t generation);

/// "count:sum:xor", sum and xor as 32 hex digits.
std::string to_text(const sluice_fingerprint& fingerprint);

}  // namespace sluice::postgres
