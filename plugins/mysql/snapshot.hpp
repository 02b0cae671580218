#pragma once

#include <string>

#include "session.hpp"

/// One consistent view for many readers. The server shares no snapshots between connections: so the coordinator keeps writers
/// out of the database's tables for the moment in which all readers begin theirs.
namespace sluice::mysql {

/// Locks the tables of the url's database against writers. Throws Error(permission) naming the right that is missing,
/// Error(conflict) where a writer does not let go.
std::string export_snapshot(Session& session);

/// Begins a consistent read that stays to the end of the session.
void join_snapshot(Session& session, const std::string& token);

/// Lets writers in again. Throws Error(conflict) where this is not the session that holds the token's lock (any more): who
/// joined since then may see other rows.
void confirm_snapshot(Session& session, const std::string& token);

/// JSON object: per table its making, its last change by the server's clock and its columns, and since when the server runs
/// (it forgets the last changes when it ends). Waits until a change that came just now would show.
std::string source_state(Session& session, const std::string& filter);

/// JSON of the contract's `identity`.
std::string read_identity(Session& session);

}  // namespace sluice::mysql
