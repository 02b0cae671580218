#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"

namespace sluice::sqlite {

class Session;

/// One row as JSON, "{}" where there is none.
std::string ledger_row(Session& session, const sdk::WorkKey& key);

/// The rows of a run, of one node where `node` is not empty, in the contract's columns.
std::unique_ptr<arrow::BatchReader> read_ledger(Session& session, const std::string& run, const std::string& node);

/// Inside a guard, whose own row stays.
void forget_work(Session& session, const std::string& run, const std::string& node, uint32_t generation);

/// Removes the run's rows; the whole home where no other run is in it.
void retire_run(Session& session, const sdk::Fence& fence, const std::string& run);

}  // namespace sluice::sqlite
