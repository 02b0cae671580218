#pragma once

#include <string>

#include "session.hpp"

/// The one transaction around every change of a target: fence check, ledger key, work, ledger row, commit.
namespace sluice::postgres {

/// Opens the guard on the session's data connection. False: the ledger has the key, nothing is open. Throws
/// Error(conflict) with sqlstate SL001 for a stale fence. Waits for another transaction that holds the same key.
bool begin_guard(Session& session, const sdk::Fence& fence, const sdk::WorkKey& key);

/// Writes the result and commits. Throws Error(in_doubt) where the connection is lost inside COMMIT, Error(unavailable)
/// where it was lost before (nothing is committed then); the guard stays open for abort_guard after any error.
void commit_guard(Session& session, const sluice_work_result& result);

void abort_guard(Session& session) noexcept;

/// The ledger row of `key` as JSON, "{}" where there is none. Waits for a transaction that is writing it.
std::string probe_guard(Session& session, const sdk::WorkKey& key);

}  // namespace sluice::postgres
