#pragma once

#include <string>
#include <vector>

#include "session.hpp"

namespace sluice::postgres {

/// Opens a read-only snapshot transaction on the data connection and answers its token. It stays to the session's end.
std::string export_snapshot(Session& session);

/// Reads the snapshot of `token` from now on. Throws Error(unavailable) where its exporter has ended.
void join_snapshot(Session& session, const std::string& token);

/// Throws Error(conflict) where the exporter's transaction is no longer the one of `token`.
void confirm_snapshot(Session& session, const std::string& token);

/// JSON object with a text per table: identity of its storage and the server's change counters. A table that is being
/// written never answers the same twice. Sessions report to the counters when they end or have been idle for up to ten
/// seconds, so what was committed just before a call may be missing.
std::string source_state(Session& session, const std::string& filter);

}  // namespace sluice::postgres
