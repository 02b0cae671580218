#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "abi/plugin_sdk.hpp"
#include "files/home.hpp"
#include "files/input.hpp"
#include "files/state.hpp"
#include "settings.hpp"

namespace sluice::csv {

/// One view of a file or a directory. Belongs to one thread at a time, except cancel().
class Session {
 public:
  /// A missing path is a directory that the first writing call makes, unless the store is open for reading. Throws
  /// Error(not_found, permission) naming the path.
  Session(const Settings& settings, files::ContentHashes& hashes);

  /// Absolute; without symbolic links where it exists.
  const std::string& path() const { return path_; }
  const Dialect& dialect() const { return settings_.dialect; }
  /// The path is a directory, or is to become one.
  bool is_directory() const { return is_directory_; }
  std::string id() const;
  files::Home& home() { return home_; }
  files::ContentHashes& hashes() { return hashes_; }
  /// Throws Error(permission, invalid_argument) where nothing may be written here.
  void require_target(const char* doing) const;

  sdk::StreamErrorSlot stream_error;
  std::optional<std::string> exported;  ///< this session is a snapshot's coordinator
  std::optional<std::map<std::string, files::FileState>> snapshot;

 private:
  Settings settings_;
  files::ContentHashes& hashes_;
  std::string path_;
  bool is_directory_;
  files::Home home_;
};

}  // namespace sluice::csv
