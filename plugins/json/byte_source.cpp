#include "byte_source.hpp"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/system_error.hpp"

namespace sluice::json {

namespace {

constexpr size_t kPiece = size_t{256} << 10;

class PlainSource : public ByteSource {
 public:
  PlainSource(int descriptor, std::string path, int64_t from)
      : descriptor_(descriptor), path_(std::move(path)), at_(from) {}

  size_t read(char* to, size_t room) override {
    ssize_t got;
    do {
      got = ::pread(descriptor_, to, room, at_);
    } while (got < 0 && errno == EINTR);
    if (got < 0) throw error_from_errno(errno, path_ + ", byte " + std::to_string(at_) + ": can't be read");
    at_ += got;
    return static_cast<size_t>(got);
  }
  bool is_compressed() const override { return false; }

 private:
  int descriptor_;
  std::string path_;
  int64_t at_;
};

class GzipSource : public ByteSource {
 public:
  GzipSource(int descriptor, const std::string& path) : path_(path), packed_(descriptor, path, 0), buffer_(kPiece) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&inflate_, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  GzipSource(const GzipSource&) = delete;
  ~GzipSource() override { inflateEnd(&inflate_); }

  size_t read(char* to, size_t room) override {
    room = std::min(room, size_t{1} << 30);
    inflate_.next_out = reinterpret_cast<Bytef*>(to);
    inflate_.avail_out = static_cast<uInt>(room);
    while (inflate_.avail_out == room) {
      if (inflate_.avail_in == 0 && !refill()) break;
      step();
    }
    return room - inflate_.avail_out;
  }
  bool is_compressed() const override { return true; }

 private:
  /// False at the file's end, which must be a member's, too.
  bool refill() {
    inflate_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
    inflate_.avail_in = static_cast<uInt>(packed_.read(buffer_.data(), buffer_.size()));
    if (inflate_.avail_in > 0) return true;
    if (is_inside_) fail("the compressed file is cut off", "get the whole file again");
    return false;
  }

  void step() {
    // Another member follows the one that has ended.
    if (!is_inside_) inflateReset(&inflate_);
    is_inside_ = true;
    const int code = inflate(&inflate_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) is_inside_ = false;
    if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR) return;
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    fail(std::string("the compressed data is broken: ") + (inflate_.msg == nullptr ? "no reason given" : inflate_.msg),
         "get the file again");
  }

  [[noreturn]] void fail(const std::string& message, const std::string& hint) const {
    throw Error(
        Code::data,
        path_ + ", after byte " + std::to_string(inflate_.total_out) + " of its last part decompressed: " + message,
        hint);
  }

  std::string path_;
  PlainSource packed_;
  std::vector<char> buffer_;
  z_stream inflate_{};
  bool is_inside_ = true;
};

bool is_gzip(int descriptor) {
  unsigned char head[2] = {};
  return ::pread(descriptor, head, sizeof head, 0) == 2 && head[0] == 0x1f && head[1] == 0x8b;
}

void skip(ByteSource& source, int64_t bytes) {
  std::vector<char> ignored(kPiece);
  while (bytes > 0) {
    const size_t got = source.read(ignored.data(), static_cast<size_t>(std::min<int64_t>(bytes, kPiece)));
    if (got == 0) return;
    bytes -= static_cast<int64_t>(got);
  }
}

}  // namespace

std::unique_ptr<ByteSource> open_source(int descriptor, const std::string& path, int64_t from) {
  if (!is_gzip(descriptor)) return std::make_unique<PlainSource>(descriptor, path, from);
  auto source = std::make_unique<GzipSource>(descriptor, path);
  skip(*source, from);
  return source;
}

}  // namespace sluice::json
