#pragma once

#include <string>

#include "abi/plugin_sdk.hpp"

namespace sluice::sqlite {

class Session;

/// Opens the transaction: fence check, then the ledger key. False where the ledger has the key already: then nothing is
/// open. Throws Error(conflict) with sqlstate SL001 for a stale fence.
bool begin_guard(Session& session, const sdk::Fence& fence, const sdk::WorkKey& key);

/// Writes the result into the ledger row and commits. Throws Error(in_doubt) where an I/O error leaves open what the
/// disk holds, Error(constraint) for counts that don't add up and for a full disk.
void commit_guard(Session& session, const sluice_work_result& result);

/// Rolls back what is left of the guard. Never fails.
void abort_guard(Session& session) noexcept;

/// The ledger row of the key as JSON, "{}" where there is none. Waits for a writer that is inside a transaction.
std::string probe_guard(Session& session, const sdk::WorkKey& key);

}  // namespace sluice::sqlite
