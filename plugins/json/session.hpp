#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "abi/plugin_sdk.hpp"
#include "files/home.hpp"
#include "store.hpp"

namespace sluice::json {

/// One reader of a store, or one writer of a directory. Belongs to one thread at a time, except cancel().
class Session {
 public:
  /// Looks whether there are files. A missing path is a directory that the first writing call makes, unless the store
  /// is open for reading or the path has a file's name. Throws Error(not_found, permission, ...) naming the path.
  explicit Session(Store& store);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Settings& settings() const { return store_.settings(); }
  /// Absolute for a directory, as it was given for anything else.
  const std::string& path() const { return home_.directory(); }
  files::Home& home() { return home_; }
  /// "" where there is nothing yet.
  std::string id() const;
  /// Throws Error(permission, unsupported) where nothing may be written here.
  void require_target(const char* doing) const;
  /// Throws Error(cancelled) after home().cancel(). The session must outlive it.
  CheckCancelled checker();

  /// As they are now, or as the snapshot has them; behind them the parts of tables that a run writes here.
  std::vector<SourceFile> files();
  /// What a run writes here, or has written and not finished.
  std::vector<WrittenTable> written();
  std::shared_ptr<const Scan> scan();

  /// One state of the files, read by several sessions: nothing holds a writer back, so every read proves that its file
  /// still is what the token says. JSON.
  std::string export_snapshot();
  /// Throws Error(conflict) where the files are others by now.
  void join_snapshot(const std::string& token);
  void confirm_snapshot(const std::string& token);
  /// JSON: a text per file of size, time, inode and content.
  std::string describe_state();

  sdk::StreamErrorSlot stream_error;

 private:
  void check_token(const std::string& token, const std::vector<SourceFile>& files) const;
  std::vector<SourceFile> find_now();
  void add_parts(std::vector<SourceFile>& files);

  Store& store_;
  bool may_be_directory_;
  files::Home home_;
  std::optional<std::vector<SourceFile>> joined_;
};

}  // namespace sluice::json
