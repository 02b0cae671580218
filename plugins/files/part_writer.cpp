#include "part_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/random.hpp"
#include "base/sha256.hpp"
#include "guard.hpp"
#include "state.hpp"

namespace sluice::files {

namespace {

constexpr size_t kBuffer = 1 << 20;

void write_all(int descriptor, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(descriptor, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) refuse_path(path, errno);
    bytes.remove_prefix(static_cast<size_t>(size));
  }
}

}  // namespace

std::string identity_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return state_to_token(state_from(status));
  if (errno != ENOENT) refuse_path(path, errno);
  return "";
}

PartWriter::PartWriter(Home& home, int64_t table)
    : home_(home), table_(table), name_(std::to_string(table) + "-" + random_hex(8)) {
  // Not readable for reading only: the sha256 is of what the file holds, read back.
  file_.reset(::open(path().c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (!file_.is_open()) refuse_path(path(), errno);
}

PartWriter::~PartWriter() {
  if (!is_committed_ && file_.is_open()) ::unlink(path().c_str());
}

std::string PartWriter::path() const { return home_.parts_folder() + "/" + name_; }

void PartWriter::write(std::string_view bytes) {
  size_ += static_cast<int64_t>(bytes.size());
  buffer_.append(bytes);
  if (buffer_.size() >= kBuffer) flush();
}

void PartWriter::flush() {
  home_.check_cancelled();
  write_all(file_.get(), path(), buffer_);
  buffer_.clear();
}

void PartWriter::sync() {
  flush();
  if (::fsync(file_.get()) != 0) refuse_path(path(), errno);
  sync_directory(home_.parts_folder());
}

std::string PartWriter::sha256() const { return sha256_hex_of_file(file_.get()); }

void PartWriter::commit(int64_t chunk, int64_t rows, int64_t begin, int64_t size, const std::string& sha256) {
  change(home_.database(),
         "INSERT INTO parts (\"table\", chunk, file, \"begin\", size, rows, identity, sha256) VALUES (?, ?, ?, ?, ?, "
         "?, ?, ?)",
         "noting a part", table_, chunk, name_, begin, size, rows, identity_of(path()), sha256);
  is_committed_ = true;
}

void PartWriter::commit_chunk(int64_t rows) {
  sync();
  begin_writing(home_, "loading");
  commit(home_.guard->key.chunk, rows, 0, size_, "");
}

}  // namespace sluice::files
