#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "abi/plugin_sdk.hpp"
#include "store.hpp"

namespace sluice::json {

/// One reader of a store. Belongs to one thread at a time, except cancel().
class Session {
 public:
  /// Looks whether there are files. Throws Error(not_found, permission, ...) naming the path.
  explicit Session(Store& store) : store_(store) { find_files(store.settings()); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Settings& settings() const { return store_.settings(); }
  void begin_work() { cancelled_.store(false, std::memory_order_relaxed); }
  /// From any thread.
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  /// Throws Error(cancelled) after cancel(). The session must outlive it.
  CheckCancelled checker();

  /// As they are now, or as the snapshot has them.
  std::vector<SourceFile> files() const;
  std::shared_ptr<const Scan> scan() { return store_.scan(files(), checker()); }

  /// One state of the files, read by several sessions: nothing holds a writer back, so every read proves that its file
  /// still is what the token says. JSON.
  std::string export_snapshot() const;
  /// Throws Error(conflict) where the files are others by now.
  void join_snapshot(const std::string& token);
  void confirm_snapshot(const std::string& token) const;
  /// JSON: a text per file of size, time, inode and content.
  std::string describe_state();

  sdk::StreamErrorSlot stream_error;

 private:
  void check_token(const std::string& token, const std::vector<SourceFile>& files) const;

  Store& store_;
  std::optional<std::vector<SourceFile>> joined_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace sluice::json
