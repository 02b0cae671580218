#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "abi/plugin_sdk.hpp"
#include "statement.hpp"

namespace sluice::files {

/// The ledger key that an open guard works on.
struct OpenGuard {
  sdk::WorkKey key;
  sdk::Fence fence;
  bool is_writing = false;  ///< the transaction is open, and the key is taken in it
};

/// What a run keeps beside the files of a target directory, in its folder `.sluice`: a SQLite file with fence, ledger,
/// recorded objects, tables and parts, and the folder `parts`. One connection; one thread, except cancel().
class Home {
 public:
  /// `directory` may be missing. Nothing is made before make().
  explicit Home(std::string directory);
  ~Home();
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  const std::string& directory() const { return directory_; }
  std::string folder() const { return directory_ + "/.sluice"; }
  std::string parts_folder() const { return folder() + "/parts"; }

  /// Whether there is one now; opens it. A home that was removed and made again is another one.
  bool exists();
  /// Makes directory (mode 0700), folder and tables where they are missing.
  void make();
  /// Removes the folder, and the directory where make() made it and nothing is in it.
  void drop();
  /// Throws Error(not_found) where there is none.
  sqlite3* database();

  void begin_work() { cancelled_.store(false, std::memory_order_relaxed); }
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  void check_cancelled() const;
  const std::atomic<bool>& cancelled() const { return cancelled_; }

  const OpenGuard& require_guard(const char* doing) const;
  std::optional<OpenGuard> guard;

 private:
  static int wait_for_lock(void* self, int attempts) noexcept;
  void open(bool makes);
  void close();

  std::string directory_;
  sqlite3* database_ = nullptr;
  uint64_t inode_ = 0;
  std::atomic<bool> cancelled_{false};
};

/// A writing transaction outside of any guard; rolls back unless committed.
class WriteTransaction {
 public:
  WriteTransaction(Home& home, const std::string& doing);
  ~WriteTransaction();
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  void commit();

 private:
  sqlite3* database_;
  bool is_open_ = true;
};

/// Milliseconds since 1970, as an SQL expression: leases are compared in the file.
extern const char* const kNowMs;

/// Throws Error(conflict) with sqlstate SL001 where the fence is not (run, epoch)'s.
void require_fence(Home& home, const sdk::Fence& fence);

}  // namespace sluice::files
