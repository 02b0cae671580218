#pragma once

#include <string>

namespace sluice::sqlite {

class Session;

/// What runs created, with the text by which SQLite knows it: an object is the same while sqlite_schema has the same
/// SQL for it. Objects that SQLite doesn't have (schemas, constraints, sequences) are not recorded.

/// Inside a guard, for its run and node. Throws Error(not_found) for an object that isn't there.
void record_objects(Session& session, const std::string& objects);
/// Inside a guard: drops newest first; what bears the name but has another text stays. Answers JSON {"dropped",
/// "kept"}.
std::string drop_objects(Session& session, const std::string& run, const std::string& node);
/// As recorded, oldest first.
std::string list_objects(Session& session, const std::string& run, const std::string& node);

}  // namespace sluice::sqlite
