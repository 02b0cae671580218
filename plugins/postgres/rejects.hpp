#pragma once

#include <memory>
#include <string>
#include <vector>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"

/// Rejects beside the ledger, and savepoints: as in the contract.
namespace sluice::postgres {

struct Session;

/// Inside a guard.
void record_rejects(Session& session, const std::vector<std::string>& rejects);
std::unique_ptr<arrow::BatchReader> read_rejects(Session& session, const std::string& run, const std::string& node, uint32_t generation);

/// Inside a guard. `action`: SLUICE_SAVEPOINT_...
void use_savepoint(Session& session, int32_t action);

}  // namespace sluice::postgres
