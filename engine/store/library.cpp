#include "store/library.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/sha256.hpp"
#include "base/system_error.hpp"

namespace sluice::store {

namespace {

namespace fs = std::filesystem;

constexpr int kNewestKnownEntry = 9;

[[noreturn]] void distrust(const std::string& path, const std::string& why) {
  throw Error(Code::permission, path + ": " + why + ", so its code is not run",
              "plugins and their directories must belong to you or root and be writable by nobody else (chmod go-w)");
}

struct stat look_at(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) throw error_from_errno(errno, path + ": cannot look at it");
  return status;
}

void check_owner_and_mode(const std::string& path, const struct stat& status) {
  if (status.st_uid != 0 && status.st_uid != geteuid()) {
    distrust(path, "belongs to user " + std::to_string(status.st_uid));
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) distrust(path, "other users may write to it");
}

/// Whoever can rename a directory further up can put another in its place. The sticky bit (as on /tmp) forbids that.
void check_directories_above(const fs::path& directory) {
  for (fs::path above = directory.parent_path();; above = above.parent_path()) {
    const struct stat status = look_at(above.string());
    if ((status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0) {
      distrust(directory.string(), "the directory " + above.string() + " above it is open to everyone");
    }
    if (above == above.parent_path()) return;
  }
}

void check_directory(const fs::path& directory) {
  check_owner_and_mode(directory.string(), look_at(directory.string()));
  check_directories_above(directory);
}

fs::path resolve(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) throw error_from_errno(error.value(), path.string() + ": cannot open");
  return real;
}

void check_digest(const std::string& path, int descriptor, const Manifest& manifest) {
  const std::string found = sha256_hex_of_file(descriptor);
  if (found == manifest.sha256) return;
  throw Error(Code::permission,
              path + ": sha256 is " + found + ", but its manifest " + manifest.path + " says " + manifest.sha256 +
                  ", so its code is not run",
              "install the library and its manifest together");
}

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_ctim.tv_sec == b.st_ctim.tv_sec && a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

/// Opens the file and proves it; the answer is what must still be there when the linker opens it by name.
struct stat prove(const fs::path& library, const Manifest& manifest) {
  const FileDescriptor file(open(library.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) throw error_from_errno(errno, library.string() + ": cannot open");
  struct stat status {};
  if (fstat(file.get(), &status) != 0) throw error_from_errno(errno, library.string() + ": cannot look at it");
  if (!S_ISREG(status.st_mode)) distrust(library.string(), "is not a file");
  check_owner_and_mode(library.string(), status);
  check_digest(library.string(), file.get(), manifest);
  return status;
}

[[noreturn]] void fail_no_entry(const std::string& path, void* handle) {
  for (int major = 2; major <= kNewestKnownEntry; ++major) {
    if (dlsym(handle, ("sluice_plugin_v" + std::to_string(major)).c_str()) == nullptr) continue;
    throw Error(Code::unsupported,
                path + ": is made for plugin ABI " + std::to_string(major) + ", this program speaks 1",
                "install the plugin that belongs to this version");
  }
  throw Error(Code::unsupported, path + ": exports no " SLUICE_PLUGIN_ENTRY ", so it is no plugin");
}

}  // namespace

const sluice_plugin* open_library(const Manifest& manifest) {
  const fs::path manifest_path = resolve(manifest.path);
  const fs::path named = fs::path(manifest.path).parent_path() / manifest.file;
  const fs::path library = resolve(named);
  check_owner_and_mode(manifest_path.string(), look_at(manifest_path.string()));
  check_directory(manifest_path.parent_path());
  check_directory(resolve(named.parent_path()));
  check_directory(library.parent_path());
  const struct stat proved = prove(library, manifest);

  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) throw Error(Code::unavailable, library.string() + ": cannot load: " + dlerror());
  if (!is_same_file(proved, look_at(library.string()))) distrust(library.string(), "was replaced while it was loaded");
  void* symbol = dlsym(handle, SLUICE_PLUGIN_ENTRY);
  if (symbol == nullptr) fail_no_entry(library.string(), handle);
  const auto entry = reinterpret_cast<const sluice_plugin* (*)()>(symbol);
  const sluice_plugin* table = entry();
  if (table == nullptr) throw Error(Code::unsupported, library.string() + ": " SLUICE_PLUGIN_ENTRY " answers nothing");
  return table;
}

}  // namespace sluice::store
