#pragma once

#include <string>

#include "session.hpp"

/// The objects that a run created, by their oids.
namespace sluice::postgres {

/// Inside a guard: records what this very transaction created out of the JSON array; what was there before is left out.
/// Throws Error(not_found) for an object that is not there at all.
void record_objects(Session& session, const std::string& objects);

/// Inside a guard: drops what (run, node) recorded, newest first. JSON {"dropped": [...], "kept": [...]}. Never
/// CASCADE: throws Error(constraint) where something of others depends on a table.
std::string drop_objects(Session& session, const std::string& run, const std::string& node);

/// JSON array as recorded.
std::string list_objects(Session& session, const std::string& run, const std::string& node);

}  // namespace sluice::postgres
