#pragma once

#include <string>

#include "session.hpp"

/// The one transaction around every change of a target: fence check, ledger key, work, ledger row, commit. DDL commits by itself
/// here and takes the ledger's key with it: such a row counts only once it says that the work is done, and whoever finds one
/// that doesn't begins again, passing over what is there already.
namespace sluice::mysql {

/// False: the ledger has the key as done, nothing is open. Throws Error(conflict) with sqlstate SL001 for a stale fence. Waits
/// for another transaction that holds the same key.
bool begin_guard(Session& session, const sdk::Fence& fence, const sdk::WorkKey& key);

/// Writes the result and commits. Throws Error(in_doubt) where the connection is lost inside COMMIT.
void commit_guard(Session& session, const sluice_work_result& result);
void abort_guard(Session& session) noexcept;

/// The ledger row of `key` as JSON, "{}" where there is none. Waits for a transaction that is writing it.
std::string probe_guard(Session& session, const sdk::WorkKey& key);

/// SQL of a step. Inside a guard it belongs to its transaction, DDL as said above. Rows changed, or -1. Throws
/// Error(unsupported) for a CALL or EXECUTE that has ended the transaction, and then also when it is to be done again;
/// commit_guard does so for what else ends it.
int64_t execute_sql(Session& session, const std::string& sql, const Values& params);

/// Inside a guard: a statement that commits by itself, which in a guard that is begun again may have been done before.
void execute_ddl(Session& session, const std::string& sql, const std::string& where);

}  // namespace sluice::mysql
