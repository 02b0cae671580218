#include "session.hpp"

#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>

#include "failure.hpp"

namespace sluice::sqlite {

namespace {

[[noreturn]] void refuse_file(const std::string& path, int code) {
  const std::string message = path + ": " + std::strerror(code);
  switch (code) {
    case ENOENT: throw Error(Code::not_found, message, "check the path; a target needs an existing directory");
    case EACCES:
    case EPERM:
    case EROFS: throw Error(Code::permission, message, "check the owner and the mode of the file and its directory");
    case ENOSPC: throw Error(Code::constraint, message, "make room, then resume");
    default: throw Error(Code::invalid_argument, message);
  }
}

void make_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0) {
    ::close(descriptor);
  } else if (errno != EEXIST) {
    refuse_file(path, errno);
  }
}

void check_can_be_made(const std::string& path) {
  const std::string parent = std::filesystem::absolute(path).parent_path().string();
  if (::access(parent.c_str(), W_OK | X_OK) != 0) refuse_file(path, errno);
}

/// False where the file is missing and may be made.
bool find_file(const Settings& settings) {
  struct stat status {};
  if (::stat(settings.path.c_str(), &status) != 0) {
    const bool is_missing = errno == ENOENT;
    if (!is_missing || settings.access == Access::read || !settings.may_create) refuse_file(settings.path, errno);
    check_can_be_made(settings.path);
    return false;
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error(Code::invalid_argument, settings.path + ": expected a database file, found something else",
                "name the file itself");
  }
  const int mode = settings.access == Access::read ? R_OK : R_OK | W_OK;
  if (::access(settings.path.c_str(), mode) != 0) refuse_file(settings.path, errno);
  return true;
}

std::string id_of(const std::string& path) {
  struct stat status {};
  struct statvfs system {};
  if (::stat(path.c_str(), &status) != 0 || ::statvfs(path.c_str(), &system) != 0) refuse_file(path, errno);
  // A device's number may change at a reboot; the file system's own id does not.
  return "sqlite:" + std::to_string(system.f_fsid) + ":" + std::to_string(status.st_ino);
}

int flags_for(Access access) {
  return (access == Access::read ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE) | SQLite::OPEN_NOMUTEX;
}

}  // namespace

Session::Session(const Settings& settings)
    : access_(settings.access), path_(settings.path), is_missing_(!find_file(settings)), busy_timeout_(settings.busy_timeout_ms) {
  if (is_missing_) path_ = std::filesystem::weakly_canonical(std::filesystem::absolute(path_)).string();
  open_database();
}

void Session::open_database() {
  if (!is_missing_) {
    path_ = std::filesystem::canonical(path_).string();
    id_ = id_of(path_);
  }
  try {
    SQLite::Database opened(is_missing_ ? ":memory:" : path_, flags_for(access_));
    {
      const std::lock_guard lock(swap_);
      database_ = std::move(opened);
    }
    configure();
  } catch (const SQLite::Exception& exception) {
    throw failure(exception, path_);
  }
}

void Session::configure() {
  sqlite3_busy_handler(handle(), &Session::wait_for_lock, this);
  sqlite3_extended_result_codes(handle(), 1);
  if (access_ == Access::write && sqlite3_db_readonly(handle(), "main") != 0) refuse_file(path_, EACCES);
  database_->exec("PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -8000");
  if (access_ == Access::read) {
    database_->exec("PRAGMA query_only = ON; PRAGMA mmap_size = 1073741824");
  } else {
    database_->exec("PRAGMA synchronous = FULL");
  }
  database_->execAndGet("SELECT count(*) FROM sqlite_schema");
}

int Session::wait_for_lock(void* self, int attempts) noexcept {
  auto* session = static_cast<Session*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (attempts == 0) session->busy_since_ = now;
  if (now - session->busy_since_ >= session->busy_timeout_) return 0;
  if (session->cancelled_.load(std::memory_order_relaxed)) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(std::min(1 + attempts / 4, 10)));
  return 1;
}

void Session::begin_work() {
  cancelled_.store(false, std::memory_order_relaxed);
  if (!is_missing_ || ::access(path_.c_str(), F_OK) != 0) return;
  is_missing_ = false;
  open_database();
}

void Session::cancel() noexcept {
  cancelled_.store(true, std::memory_order_relaxed);
  const std::lock_guard lock(swap_);
  sqlite3_interrupt(handle());
}

void Session::throw_cancelled() const { throw Error(Code::cancelled, path_ + ": cancelled"); }

void Session::require_free_writer(const char* doing) {
  const std::string where = path_ + ": " + doing;
  if (!is_writable()) throw Error(Code::permission, where + ": the store is open with access = \"read\"");
  if (reads_snapshot)
    throw Error(Code::invalid_argument, where + ": this session reads a snapshot", "use another session");
  if (guard)
    throw Error(Code::invalid_argument, where + ": a guard is open on this session", "commit or abort it first");
  make_missing();
}

void Session::make_missing() {
  if (!is_missing_) return;
  make_file(path_);
  is_missing_ = false;
  open_database();
}

const OpenGuard& Session::require_guard(const char* doing) {
  if (!guard) throw Error(Code::invalid_argument, path_ + ": " + doing + " needs an open guard");
  if (sqlite3_get_autocommit(handle()) != 0) {
    throw Error(Code::conflict, path_ + ": " + doing + ": the guard's transaction was rolled back by an earlier error",
                "abort the guard and begin again");
  }
  return *guard;
}

}  // namespace sluice::sqlite
