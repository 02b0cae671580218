#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "base/random.hpp"
#include "base/system_error.hpp"

namespace sluice {

namespace {

[[noreturn]] void fail(const std::string& path, const char* what) { throw error_from_errno(errno, path + ": " + what); }

std::string directory_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

void write_all(int descriptor, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "cannot write");
    text.remove_prefix(static_cast<size_t>(written));
  }
}

/// A file that is not yet under its name: gone again unless published.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& path, mode_t mode) : target_(path) {
    const std::filesystem::path wanted(path);
    path_ = directory_of(path) + "/." + wanted.filename().string() + "." + random_hex(8) + ".tmp";
    descriptor_.reset(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!descriptor_.is_open()) fail(path_, "cannot create");
    exists_ = true;
    if (fchmod(descriptor_.get(), mode) != 0) fail(path_, "cannot set the mode");
  }
  ~TemporaryFile() {
    if (exists_) unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void publish(std::string_view text) {
    write_all(descriptor_.get(), text, path_);
    if (fsync(descriptor_.get()) != 0) fail(path_, "cannot make durable");
    descriptor_.reset();
    if (rename(path_.c_str(), target_.c_str()) != 0) fail(target_, "cannot rename the new file to it");
    exists_ = false;
  }

 private:
  std::string target_;
  std::string path_;
  FileDescriptor descriptor_;
  bool exists_ = false;
};

void check_private(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) fail(path, "cannot look at it");
  if (!S_ISDIR(status.st_mode)) {
    throw Error(Code::already_exists, path + ": expected a directory, found something else");
  }
  const bool mine = status.st_uid == geteuid() || status.st_uid == 0;
  if (!mine || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    throw Error(Code::permission, path + ": other users may write to this directory",
                "run chmod go-w on it, or choose another");
  }
}

}  // namespace

void FileDescriptor::reset(int descriptor) {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = descriptor;
}

std::string read_file(const std::string& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) fail(path, "cannot open");
  std::string text;
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t size = read(file.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail(path, "cannot read");
    if (size == 0) return text;
    text.append(buffer.data(), static_cast<size_t>(size));
  }
}

void sync_directory(const std::string& path) {
  const FileDescriptor directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) fail(path, "cannot open");
  if (fsync(directory.get()) != 0) fail(path, "cannot make durable");
}

void write_file_atomically(const std::string& path, const std::string& text, mode_t mode) {
  TemporaryFile file(path, mode);
  file.publish(text);
  sync_directory(directory_of(path));
}

void make_private_directory(const std::string& path) {
  std::filesystem::path built;
  for (const std::filesystem::path& part : std::filesystem::path(path)) {
    built /= part;
    if (mkdir(built.c_str(), 0700) == 0 || errno == EEXIST) continue;
    // On a read-only file system mkdir complains about that even where the directory is there.
    const int code = errno;
    std::error_code ignored;
    if (!std::filesystem::is_directory(built, ignored)) {
      throw error_from_errno(code, built.string() + ": cannot create the directory");
    }
  }
  check_private(path);
}

}  // namespace sluice
