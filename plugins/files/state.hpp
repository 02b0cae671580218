#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace sluice::files {

/// What tells from outside that a file is the same and has not changed. A value.
struct FileState {
  uint64_t inode = 0;
  int64_t size = 0;
  int64_t mtime = 0;  ///< nanoseconds

  friend bool operator==(const FileState&, const FileState&) = default;
};

FileState state_from(const struct stat& status);
/// Throws Error(not_found, permission, ...) naming the path.
FileState state_of(const std::string& path);
/// "inode 7, 120 bytes, changed at 1700000000.5"
std::string to_text(const FileState& state);
/// Back from what state_to_text wrote into tokens: "7:120:1700000000500000000".
std::string state_to_token(const FileState& state);

/// Throws what `code` (an errno) means, naming the path.
[[noreturn]] void refuse_path(const std::string& path, int code);

/// Names this very file or directory, by file system and inode: equal for every path that leads to it, also after a
/// reboot.
std::string id_of(const std::string& path);

/// Hashes of whole files, kept while their state stays the same. Of one store; any thread.
class ContentHashes {
 public:
  /// XXH3 (128 bits) in hex digits. Throws Error(data) where the file changes while it is read.
  std::string of(const std::string& path);

 private:
  std::mutex mutex_;
  std::map<std::string, std::pair<FileState, std::string>> known_;
};

/// One state of several files, as a token between sessions: export writes it, join and confirm compare it.
std::string snapshot_token(const std::vector<std::string>& paths);
/// Throws Error(conflict) naming the file that is not what the token says; answers the states by path.
std::map<std::string, FileState> require_snapshot(const std::string& token, const std::vector<std::string>& paths);
/// The contract's source_state: a text per file, of inode, size, mtime and content.
std::string describe_state(const std::vector<std::string>& paths, ContentHashes& hashes);

}  // namespace sluice::files
