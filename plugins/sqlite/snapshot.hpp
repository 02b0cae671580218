#pragma once

#include <string>

namespace sluice::sqlite {

class Session;

/// One state of the file, read by several connections. SQLite can't export a snapshot, so it is proved instead: the
/// coordinator notes `data_version`, every reader begins its transaction with a first read, and the coordinator finds
/// the number unchanged. In rollback-journal mode readers keep the application's writer out while they live; in WAL
/// mode the log grows meanwhile.

/// On the coordinator, which must not read the snapshot itself. Answers the token.
std::string export_snapshot(Session& session);
/// On a reader. Throws Error(conflict) where the token is of another file.
void join_snapshot(Session& session, const std::string& token);
/// On the coordinator, after all have joined. Throws Error(conflict) where someone has written meanwhile.
void confirm_snapshot(Session& session, const std::string& token);

/// What tells from outside whether the file changed, also across processes: JSON of inode, size, mtime, header, and the
/// same of the write-ahead log ("none" where it is missing or empty).
std::string describe_state(Session& session);

}  // namespace sluice::sqlite
