#pragma once

#include <string>

#include "session.hpp"

/// The ledger's home in a target: tables `_sluice_*` in the url's database. Hidden from the catalog, never touched by undo.
namespace sluice::mysql {

/// "SL001", the sqlstate of a fence that is stale.
inline constexpr const char* kStaleFence = "SL001";

bool has_home(Session& session);
/// Makes it where it is missing; many may try at once.
void create_home(Session& session);
/// The random uuid that names this target, "" without a home.
std::string read_pin(Session& session);
/// Removes the run's rows and its marks on tables, and the whole home where no other run has any. Throws Error(conflict) with
/// sqlstate SL001 where the fence is not (run, epoch)'s any more.
void retire_run(Session& session, const sdk::Fence& fence, const std::string& run);

/// A table that a run created bears this at its comment's end, in the very statement that makes it: DDL commits by itself, so
/// nothing else could tell whose table it is after a kill.
std::string mark_of(const std::string& run, const std::string& node);
/// What statements of `ddl` have in its place.
inline constexpr const char* kMarkPlace = "{sluice:mark}";
/// A comment without its mark.
std::string without_mark(const std::string& comment);

}  // namespace sluice::mysql
