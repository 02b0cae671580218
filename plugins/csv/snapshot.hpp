#pragma once

#include <string>

namespace sluice::csv {

class Session;

/// One state of the files: the coordinator notes size, time and inode of each, readers read only files that still have
/// them, and every block that is read looks again.
std::string export_snapshot(Session& session);
/// Throws Error(conflict) naming the file that changed.
void join_snapshot(Session& session, const std::string& token);
void confirm_snapshot(Session& session, const std::string& token);
/// The contract's source_state, with the content of each file as a hash.
std::string describe_source_state(Session& session, const std::string& filter);

}  // namespace sluice::csv
