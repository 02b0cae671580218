#include "home.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "base/file.hpp"
#include "state.hpp"

namespace sluice::files {

namespace {

namespace fs = std::filesystem;

/// Writers hold the lock for one commit: who waits longer waits for a disk that hangs.
constexpr int kMostAttempts = 6000;

const char* const kMakeTables = R"(
CREATE TABLE IF NOT EXISTS fence (
  id INTEGER PRIMARY KEY CHECK (id = 1), pin TEXT NOT NULL, epoch INTEGER NOT NULL, run TEXT NOT NULL, host TEXT NOT NULL,
  boot_id TEXT NOT NULL, pid INTEGER NOT NULL, pid_start INTEGER NOT NULL, journal TEXT NOT NULL,
  lease_ms INTEGER NOT NULL, lease_until INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS ledger (
  run TEXT NOT NULL, node TEXT NOT NULL, "table" TEXT NOT NULL, generation INTEGER NOT NULL, chunk INTEGER NOT NULL,
  bounds TEXT NOT NULL DEFAULT '', "read" INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL DEFAULT 0,
  filtered INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0, emitted INTEGER NOT NULL DEFAULT 0,
  written INTEGER NOT NULL DEFAULT 0, already_there INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,
  f_src TEXT NOT NULL DEFAULT '0:00000000000000000000000000000000:00000000000000000000000000000000',
  f_out TEXT NOT NULL DEFAULT '0:00000000000000000000000000000000:00000000000000000000000000000000',
  epoch INTEGER NOT NULL,
  CONSTRAINT "every row read is kept, filtered or rejected" CHECK ("read" = kept + filtered + rejected),
  CONSTRAINT "every row emitted is written, already there or refused" CHECK (emitted = written + already_there + refused),
  PRIMARY KEY (run, node, "table", generation, chunk)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rejects (
  id INTEGER PRIMARY KEY, run TEXT NOT NULL, node TEXT NOT NULL, "table" TEXT NOT NULL, generation INTEGER NOT NULL,
  chunk INTEGER NOT NULL, reject TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
  id INTEGER PRIMARY KEY, run TEXT NOT NULL, node TEXT NOT NULL, kind TEXT NOT NULL, "schema" TEXT NOT NULL,
  name TEXT NOT NULL, "table" TEXT NOT NULL, native TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tables (
  id INTEGER PRIMARY KEY, run TEXT NOT NULL, name TEXT NOT NULL UNIQUE, file TEXT NOT NULL UNIQUE, description TEXT NOT NULL,
  head BLOB NOT NULL, middle BLOB NOT NULL, tail BLOB NOT NULL, published TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS parts (
  id INTEGER PRIMARY KEY, "table" INTEGER NOT NULL, chunk INTEGER NOT NULL, file TEXT NOT NULL UNIQUE,
  "begin" INTEGER NOT NULL, size INTEGER NOT NULL, rows INTEGER NOT NULL, identity TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS moves (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, destination TEXT NOT NULL, identity TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS made (directory INTEGER NOT NULL);
)";

void make_directory(const std::string& path, bool& is_new) {
  is_new = ::mkdir(path.c_str(), 0700) == 0;
  if (!is_new && errno != EEXIST) refuse_path(path, errno);
}

}  // namespace

const char* const kNowMs = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

Home::Home(std::string directory) : directory_(std::move(directory)) {}

Home::~Home() { close(); }

void Home::close() {
  sqlite3_close(database_);
  database_ = nullptr;
}

int Home::wait_for_lock(void* self, int attempts) noexcept {
  const auto* home = static_cast<Home*>(self);
  if (attempts >= kMostAttempts || home->cancelled_.load(std::memory_order_relaxed)) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(std::min(1 + attempts / 4, 10)));
  return 1;
}

void Home::open(bool makes) {
  close();
  const std::string path = folder() + "/ledger.db";
  if (makes) {
    const FileDescriptor file(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    if (!file.is_open()) refuse_path(path, errno);
  }
  const int flags =
      (::access(path.c_str(), W_OK) == 0 ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &database_, flags, nullptr) != SQLITE_OK) {
    const Error error = failure(database_, path);
    close();
    throw error;
  }
  inode_ = state_of(path).inode;
  sqlite3_busy_handler(database_, &Home::wait_for_lock, this);
  sqlite3_extended_result_codes(database_, 1);
  // EXTRA: the directory is synced when the journal goes, so that no power cut brings a committed transaction's journal
  // back.
  sqlite3_exec(database_, "PRAGMA trusted_schema = OFF; PRAGMA synchronous = EXTRA", nullptr, nullptr, nullptr);
}

bool Home::exists() {
  struct stat status {};
  const std::string path = folder() + "/ledger.db";
  const bool is_there = ::stat(path.c_str(), &status) == 0;
  if (!is_there && !guard) close();
  if (!is_there) return false;
  if (database_ == nullptr || inode_ != status.st_ino) open(false);
  Statement look(database_, "SELECT count(*) FROM sqlite_schema WHERE name = 'fence'", path);
  return look.step() && look.integer(0) == 1;
}

void Home::make() {
  bool made_directory = false;
  bool made_folder = false;
  make_directory(directory_, made_directory);
  if (made_directory) sync_directory(fs::path(directory_).parent_path().string());
  make_directory(folder(), made_folder);
  make_directory(parts_folder(), made_folder);
  sync_directory(directory_);
  sync_directory(folder());
  if (database_ == nullptr || !exists()) open(true);
  if (sqlite3_exec(database_, kMakeTables, nullptr, nullptr, nullptr) != SQLITE_OK) throw failure(database_, folder());
  if (made_directory) change(database_, "INSERT INTO made VALUES (1)", "making the ledger");
}

void Home::drop() {
  Statement look(database(), "SELECT count(*) FROM made", "removing the ledger");
  const bool made_directory = look.step() && look.integer(0) > 0;
  { const Statement gone(std::move(look)); }
  close();
  // The ledger goes last: as long as it is there, whoever comes next sees that there is something to retire.
  std::error_code ignored;
  fs::remove_all(parts_folder(), ignored);
  fs::remove(folder() + "/ledger.db", ignored);
  // Not what else is in it: an engine that was started in this directory keeps its journals there.
  fs::remove(folder(), ignored);
  sync_directory(directory_);
  if (made_directory && fs::is_empty(directory_, ignored)) fs::remove(directory_, ignored);
}

sqlite3* Home::database() {
  if (guard && guard->is_writing) return database_;
  if (!exists()) throw Error(Code::not_found, directory_ + ": there is no ledger", "acquire the fence first");
  return database_;
}

void Home::check_cancelled() const {
  if (cancelled_.load(std::memory_order_relaxed)) throw Error(Code::cancelled, directory_ + ": cancelled");
}

const OpenGuard& Home::require_guard(const char* doing) const {
  if (!guard) throw Error(Code::invalid_argument, directory_ + ": " + doing + " needs an open guard");
  return *guard;
}

WriteTransaction::WriteTransaction(Home& home, const std::string& doing) : database_(home.database()) {
  if (home.guard) {
    throw Error(Code::invalid_argument, home.directory() + ": " + doing + ": a guard is open on this session",
                "commit or abort it first");
  }
  change(database_, "BEGIN IMMEDIATE", doing);
}

WriteTransaction::~WriteTransaction() {
  if (is_open_) sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void WriteTransaction::commit() {
  change(database_, "COMMIT", "committing");
  is_open_ = false;
}

void require_fence(Home& home, const sdk::Fence& fence) {
  const auto stale = [&](const std::string& found) {
    return Error(Code::conflict,
                 home.directory() + ": the right to write was lost: expected run " + fence.run + ", epoch " +
                     std::to_string(fence.epoch) + ", found " + found,
                 "another engine has taken over; look at `status`")
        .with_sqlstate("SL001");
  };
  if (!home.exists()) throw stale("no ledger");
  Statement look(home.database(), "SELECT run, epoch FROM fence", "checking the fence");
  if (!look.step()) throw stale("no holder");
  if (look.text(0) == fence.run && look.integer(1) == fence.epoch) return;
  throw stale("run " + look.text(0) + ", epoch " + std::to_string(look.integer(1)));
}

}  // namespace sluice::files
