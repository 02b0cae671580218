#include "state.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/file.hpp"

namespace sluice::files {

namespace {

using nlohmann::json;

constexpr size_t kBlock = 1 << 20;

std::string hash_of_file(const std::string& path, int descriptor) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), &XXH3_freeState);
  XXH3_128bits_reset(state.get());
  std::vector<char> block(kBlock);
  for (;;) {
    const ssize_t size = ::read(descriptor, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) refuse_path(path, errno);
    if (size == 0) break;
    XXH3_128bits_update(state.get(), block.data(), static_cast<size_t>(size));
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text;
}

}  // namespace

void refuse_path(const std::string& path, int code) {
  const std::string message = path + ": " + std::strerror(code);
  switch (code) {
    case ENOENT: throw Error(Code::not_found, message, "check the path");
    case EACCES:
    case EPERM:
    case EROFS: throw Error(Code::permission, message, "check the owner and the mode of the file and its directory");
    case ENOSPC:
    case EDQUOT: throw Error(Code::constraint, message, "make room, then resume");
    case EEXIST: throw Error(Code::already_exists, message);
    default: throw Error(Code::invalid_argument, message);
  }
}

FileState state_from(const struct stat& status) {
  constexpr int64_t kNanoseconds = 1000000000;
  return {status.st_ino, status.st_size, status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

FileState state_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) refuse_path(path, errno);
  return state_from(status);
}

std::string to_text(const FileState& state) {
  return "inode " + std::to_string(state.inode) + ", " + std::to_string(state.size) + " bytes, changed at " +
         std::to_string(state.mtime / 1000000000) + "." + std::to_string(state.mtime % 1000000000);
}

std::string state_to_token(const FileState& state) {
  return std::to_string(state.inode) + ":" + std::to_string(state.size) + ":" + std::to_string(state.mtime);
}

std::string id_of(const std::string& path) {
  struct statvfs system {};
  if (::statvfs(path.c_str(), &system) != 0) refuse_path(path, errno);
  // A device's number may change at a reboot; the file system's own id does not.
  return std::to_string(system.f_fsid) + ":" + std::to_string(state_of(path).inode);
}

std::string ContentHashes::of(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat before {};
  if (!file.is_open() || ::fstat(file.get(), &before) != 0) refuse_path(path, errno);
  const FileState state = state_from(before);
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(path);
    if (known != known_.end() && known->second.first == state) return known->second.second;
  }
  const std::string hash = hash_of_file(path, file.get());
  if (state_of(path) != state) {
    throw Error(Code::data,
                path + ": changed while it was read: expected " + to_text(state) + ", found " + to_text(state_of(path)),
                "stop what writes to it, then try again");
  }
  const std::lock_guard lock(mutex_);
  known_[path] = {state, hash};
  return hash;
}

std::string snapshot_token(const std::vector<std::string>& paths) {
  json token = json::object();
  for (const std::string& path : paths) token[path] = state_to_token(state_of(path));
  return token.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::map<std::string, FileState> require_snapshot(const std::string& token, const std::vector<std::string>& paths) {
  const json known = json::parse(token, nullptr, false);
  if (!known.is_object()) throw Error(Code::invalid_argument, "not a snapshot token of files: " + token);
  std::map<std::string, FileState> states;
  for (const std::string& path : paths) {
    const FileState state = state_of(path);
    const auto found = known.find(path);
    if (found == known.end() || *found != state_to_token(state)) {
      throw Error(Code::conflict, path + ": changed since the snapshot was taken; it is now " + to_text(state),
                  "stop what writes to it, and begin again");
    }
    states.emplace(path, state);
  }
  if (states.size() != known.size())
    throw Error(Code::conflict, "a file of the snapshot is no longer there", "begin again");
  return states;
}

std::string describe_state(const std::vector<std::string>& paths, ContentHashes& hashes) {
  json answer = json::object();
  for (const std::string& path : paths) {
    const std::string hash = hashes.of(path);
    answer[path] = to_text(state_of(path)) + ", content " + hash;
  }
  return answer.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice::files
