#pragma once

#include <sys/types.h>

#include <string>

namespace sluice {

/// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~FileDescriptor() { reset(); }

  int get() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }
  int release() {
    const int descriptor = descriptor_;
    descriptor_ = -1;
    return descriptor;
  }
  void reset(int descriptor = -1);

 private:
  int descriptor_ = -1;
};

/// The whole file. Throws Error(not_found, permission, unavailable) naming the path.
std::string read_file(const std::string& path);

/// Replaces the file by one with this text, or leaves it as it was: a new file beside it (O_EXCL, `mode` whatever the
/// umask), fsync, rename, fsync of the directory.
void write_file_atomically(const std::string& path, const std::string& text, mode_t mode = 0600);

/// Makes a directory and its missing parents with mode 0700. One that is there must be a directory that no other user
/// may write to; throws Error(permission) otherwise.
void make_private_directory(const std::string& path);

/// Makes renames and new files in a directory durable.
void sync_directory(const std::string& path);

}  // namespace sluice
