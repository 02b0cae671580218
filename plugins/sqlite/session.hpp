#pragma once

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "abi/plugin_sdk.hpp"
#include "base/error.hpp"
#include "settings.hpp"

namespace sluice::sqlite {

/// The ledger key that an open guard works on, and the epoch it was begun under.
struct OpenGuard {
  sdk::WorkKey key;
  int64_t epoch = 0;
};

/// One connection to one file. Belongs to one thread at a time, except cancel().
class Session {
 public:
  /// Opens the file and proves that it is a database. A missing file of a target is an empty database until the first writing
  /// call makes it (mode 0600), so that planning leaves nothing behind. Throws Error(not_found, permission,
  /// invalid_argument, ...) naming the path.
  explicit Session(const Settings& settings);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  SQLite::Database& database() { return *database_; }
  sqlite3* handle() { return database_->getHandle(); }
  /// Absolute, without symbolic links.
  const std::string& path() const { return path_; }
  /// Names this very file, by file system and inode: equal for every path that leads to it. "" while it is missing.
  const std::string& id() const { return id_; }
  bool is_writable() const { return access_ == Access::write; }

  /// A new call begins: forgets earlier cancels, and looks whether another session has made the file meanwhile.
  void begin_work();
  /// From any thread.
  void cancel() noexcept;
  /// Throws Error(cancelled) after cancel().
  void check_cancelled() const {
    if (cancelled_.load(std::memory_order_relaxed)) [[unlikely]]
      throw_cancelled();
  }

  /// Makes a target's missing file: the next statement may write.
  void make_missing();
  /// Throws Error(permission) on a session that only reads, Error(invalid_argument) within a snapshot or a guard. Makes a
  /// missing file.
  void require_free_writer(const char* doing);
  /// The open guard. Throws Error(invalid_argument) where there is none, Error(conflict) where SQLite has rolled its
  /// transaction back by itself (after an I/O error or a full disk): nothing may be written outside of it.
  const OpenGuard& require_guard(const char* doing);

  std::optional<OpenGuard> guard;
  sdk::StreamErrorSlot stream_error;
  std::optional<int64_t> data_version;  ///< as exported: this session is a snapshot's coordinator
  bool reads_snapshot = false;

 private:
  static int wait_for_lock(void* self, int attempts) noexcept;
  [[noreturn]] void throw_cancelled() const;
  void open_database();
  void configure();

  Access access_;
  std::string path_;
  std::string id_;
  bool is_missing_ = false;  ///< the database is one in memory until the file is made
  std::chrono::milliseconds busy_timeout_;
  std::chrono::steady_clock::time_point busy_since_;
  std::atomic<bool> cancelled_{false};
  std::mutex swap_;  ///< cancel() must not meet a database that is being replaced
  std::optional<SQLite::Database> database_;
};

}  // namespace sluice::sqlite
