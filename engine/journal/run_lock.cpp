#include "journal/run_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string_view>

#include "base/error.hpp"
#include "base/system_error.hpp"

namespace sluice::journal {
namespace {

/// A lock on the whole file that belongs to the open file, not to the process: closing another descriptor of it (or
/// SQLite's own) does not free it.
struct flock whole_file() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string lock_path(const std::string& journal_path) { return journal_path + ".lock"; }

int64_t read_pid(int file) {
  char text[32] = {};
  const ssize_t size = ::pread(file, text, sizeof(text), 0);
  int64_t pid = 0;
  if (size > 0) std::from_chars(text, text + size, pid);
  return pid;
}

void write_pid(int file, const std::string& path) {
  const std::string text = std::to_string(::getpid()) + "\n";
  const bool written = ::ftruncate(file, 0) == 0 && ::pwrite(file, text.data(), text.size(), 0) == ssize_t(text.size());
  if (!written) throw error_from_errno(errno, path + ": cannot write");
}

[[noreturn]] void throw_held(const std::string& journal_path, int64_t pid) {
  const std::string holder = pid > 0 ? "process " + std::to_string(pid) : std::string("another process");
  throw Error(Code::conflict, journal_path + ": " + holder + " is writing this run",
              "wait for it or stop it; `sluice status` shows what it does");
}

}  // namespace

RunLock::RunLock(const std::string& journal_path, Opening opening) : path_(lock_path(journal_path)) {
  file_.reset(::open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file_.is_open()) throw error_from_errno(errno, path_ + ": cannot open");
  if (!try_take() && opening == Opening::exclusive) throw_held(journal_path, read_pid(file_.get()));
  write_pid(file_.get(), path_);
}

bool RunLock::try_take() {
  if (is_held_) return true;
  struct flock lock = whole_file();
  is_held_ = ::fcntl(file_.get(), F_OFD_SETLK, &lock) == 0;
  if (!is_held_ && errno != EAGAIN && errno != EACCES) throw error_from_errno(errno, path_ + ": cannot lock");
  return is_held_;
}

std::optional<int64_t> find_lock_holder(const std::string& journal_path) {
  const std::string path = lock_path(journal_path);
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) {
    if (errno == ENOENT) return std::nullopt;
    throw error_from_errno(errno, path + ": cannot open");
  }
  struct flock lock = whole_file();
  if (::fcntl(file.get(), F_OFD_GETLK, &lock) != 0) throw error_from_errno(errno, path + ": cannot look at the lock");
  if (lock.l_type == F_UNLCK) return std::nullopt;
  return read_pid(file.get());
}

}  // namespace sluice::journal
