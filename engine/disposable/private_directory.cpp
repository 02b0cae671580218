#include "disposable/private_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/system_error.hpp"

namespace sluice::disposable {
namespace {

namespace fs = std::filesystem;

FileDescriptor open_directory(const std::string& path) {
  FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory.is_open()) throw error_from_errno(errno, path + ": cannot open it as a directory");
  return directory;
}

/// Another's directory could make us kill or remove what isn't ours.
void require_ours(int fd, const std::string& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || info.st_uid != ::geteuid()) {
    throw Error(Code::permission,
                path + ": belongs to another user; a disposable is only used by the user who made it");
  }
}

void lock_directory(int fd, const std::string& path) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return;
  const auto mark = read_mark(path);
  throw Error(Code::conflict,
              path + ": is held by " + (mark ? "process " + std::to_string(mark->owner.pid) : "another process"),
              "wait for it to end, or end it");
}

}  // namespace

std::string default_parent() {
  const char* directory = std::getenv("TMPDIR");
  return directory != nullptr && *directory != '\0' ? directory : "/tmp";
}

PrivateDirectory PrivateDirectory::create(const std::string& parent, Mark mark) {
  std::string path = fs::absolute(parent.empty() ? default_parent() : parent) / ("sluice-" + mark.kind + "-XXXXXX");
  if (::mkdtemp(path.data()) == nullptr) {
    throw error_from_errno(errno, path + ": cannot make it").with_hint("set TMPDIR to a directory that can be written");
  }
  FileDescriptor lock = open_directory(path);
  lock_directory(lock.get(), path);
  mark.created = calendar_to_text(SystemClock().calendar_now());
  mark.owner = this_process();
  write_mark(path, mark);
  return PrivateDirectory(std::move(path), std::move(lock), std::move(mark));
}

PrivateDirectory PrivateDirectory::open(const std::string& path) {
  FileDescriptor lock = open_directory(path);
  require_ours(lock.get(), path);
  lock_directory(lock.get(), path);
  auto mark = read_mark(path);
  if (!mark) throw Error(Code::not_found, path + ": has no mark of a disposable (" + kMarkFile + ")");
  if (is_alive(mark->owner) && mark->owner.pid != ::getpid()) {
    throw Error(Code::conflict, path + ": is held by process " + std::to_string(mark->owner.pid));
  }
  mark->owner = this_process();
  write_mark(path, *mark);
  return PrivateDirectory(path, std::move(lock), std::move(*mark));
}

PrivateDirectory::PrivateDirectory(std::string path, FileDescriptor lock, Mark mark)
    : path_(std::move(path)), lock_(std::move(lock)), mark_(std::move(mark)) {}

void PrivateDirectory::set_mark(Mark mark) {
  write_mark(path_, mark);
  mark_ = std::move(mark);
}

void PrivateDirectory::remove() {
  if (path_.empty()) return;
  try {
    // The mark goes last: whatever a kill leaves in between, a sweep still knows it.
    for (const auto& entry : fs::directory_iterator(path_)) {
      if (entry.path().filename() != kMarkFile) fs::remove_all(entry.path());
    }
    fs::remove_all(path_);
  } catch (const fs::filesystem_error& error) {
    throw Error(Code::unavailable, path_ + ": can't be removed: " + error.code().message());
  }
  lock_.reset();
  path_.clear();
}

}  // namespace sluice::disposable
