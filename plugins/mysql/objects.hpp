#pragma once

#include <string>

#include "session.hpp"

/// The objects that a run created: tables by the mark in their comment, what stands on them by name.
namespace sluice::mysql {

/// Inside a guard: records what it created out of the JSON array.
void record_objects(Session& session, const std::string& objects);

/// Inside a guard: drops what (run, node) created, newest first, recorded or not yet recorded. A table of a recorded name that
/// doesn't bear the mark stays. JSON {"dropped": [...], "kept": [...]}.
std::string drop_objects(Session& session, const std::string& run, const std::string& node);

/// JSON array as recorded.
std::string list_objects(Session& session, const std::string& run, const std::string& node);

}  // namespace sluice::mysql
