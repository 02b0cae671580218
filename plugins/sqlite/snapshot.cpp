#include "snapshot.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

using nlohmann::json;

int64_t read_data_version(Session& session) {
  Statement statement(session, "PRAGMA data_version", "reading data_version of " + session.path());
  statement.step();
  return statement.integer(0);
}

struct Token {
  std::string id;
  int64_t data_version = 0;
};

Token token_from_text(const std::string& text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object() || !object.contains("id") || !object.contains("data_version")) {
    throw Error(Code::invalid_argument, "not a snapshot token of SQLite: " + text);
  }
  return {object["id"], object["data_version"]};
}

/// Owns one file descriptor.
class File {
 public:
  explicit File(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

std::string hash_of(const char* bytes, size_t size) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(XXH3_64bits(bytes, size)));
  return text;
}

std::string mtime_of(const struct stat& status) {
  constexpr int64_t kNanoseconds = 1000000000;
  return std::to_string(status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec);
}

/// Through SQLite's own handle: closing a descriptor of ours would drop every lock that this process has on the file.
std::string header_hash(Session& session) {
  std::array<char, 100> header{};
  sqlite3_file* file = nullptr;
  sqlite3_file_control(session.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr)
    throw Error(Code::internal, session.path() + ": SQLite has no file open");
  const int code = file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) {
    throw Error(Code::internal, session.path() + ": the header can't be read").with_native_code(code);
  }
  return hash_of(header.data(), header.size());
}

/// No connection locks the log itself, so that it may be opened beside SQLite.
std::string log_header_hash(const std::string& path) {
  std::array<char, 32> header{};
  const File file(path);
  const ssize_t size = file.get() < 0 ? -1 : ::pread(file.get(), header.data(), header.size(), 0);
  if (size < 0) throw Error(Code::unavailable, path + ": " + std::strerror(errno));
  return hash_of(header.data(), static_cast<size_t>(size));
}

}  // namespace

std::string export_snapshot(Session& session) {
  if (session.reads_snapshot || session.guard) {
    throw Error(Code::invalid_argument, session.path() + ": a snapshot's coordinator must not be in a transaction");
  }
  session.data_version = read_data_version(session);
  return json{{"id", session.id()}, {"data_version", *session.data_version}}.dump();
}

void join_snapshot(Session& session, const std::string& text) {
  const Token token = token_from_text(text);
  if (token.id != session.id()) {
    throw Error(Code::conflict,
                session.path() + ": the snapshot is of another file; this one was put in its place meanwhile");
  }
  if (session.reads_snapshot || session.guard) {
    throw Error(Code::invalid_argument, session.path() + ": the session is in a transaction already",
                "open another session");
  }
  session.database().exec("BEGIN");
  session.reads_snapshot = true;
  Statement first(session, "SELECT count(*) FROM sqlite_schema", "joining a snapshot of " + session.path());
  first.step();
}

void confirm_snapshot(Session& session, const std::string& text) {
  const Token token = token_from_text(text);
  if (session.reads_snapshot || session.data_version != token.data_version || token.id != session.id()) {
    throw Error(Code::invalid_argument, session.path() + ": the snapshot was not exported by this session");
  }
  if (read_data_version(session) == token.data_version) return;
  throw Error(Code::conflict,
              session.path() + ": someone wrote while the readers joined; they may see different states",
              "close the readers and begin again");
}

std::string describe_state(Session& session) {
  struct stat file {};
  if (::stat(session.path().c_str(), &file) != 0) {
    throw Error(Code::not_found, session.path() + ": " + std::strerror(errno));
  }
  const std::string log_path = session.path() + "-wal";
  struct stat log {};
  const bool has_log = ::stat(log_path.c_str(), &log) == 0 && log.st_size > 0;
  const json state = {{"file", session.id()},
                      {"inode", std::to_string(file.st_ino)},
                      {"size", std::to_string(file.st_size)},
                      {"mtime", mtime_of(file)},
                      {"header", header_hash(session)},
                      {"wal_size", has_log ? std::to_string(log.st_size) : "none"},
                      {"wal_mtime", has_log ? mtime_of(log) : "none"},
                      {"wal_header", has_log ? log_header_hash(log_path) : "none"}};
  return state.dump();
}

}  // namespace sluice::sqlite
