#include "window.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/system_error.hpp"

namespace sluice::json {

namespace {

#if defined(SLUICE_SMALL_BLOCKS)
/// For fuzzing: inputs are small, and every boundary of a block is to be met.
constexpr size_t kFirstSize = 64;
#else
constexpr size_t kFirstSize = size_t{1} << 20;
#endif

}  // namespace

Window::Window(const SourceFile& file, int64_t from, CheckCancelled check)
    : file_(file),
      descriptor_(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC)),
      check_(std::move(check)),
      offset_(from) {
  if (!descriptor_.is_open()) throw error_from_errno(errno, file.path + ": can't be opened");
  check_unchanged();
  ::posix_fadvise(descriptor_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  source_ = open_source(descriptor_.get(), file.path, from);
  buffer_.resize(kFirstSize + kPadding);
}

void Window::check_unchanged() const {
  struct stat status {};
  if (::fstat(descriptor_.get(), &status) != 0) throw error_from_errno(errno, file_.path);
  if (state_from_stat(status) == file_.state) return;
  throw Error(Code::conflict,
              file_.path + ": the file changed while it was read: " + std::to_string(status.st_size) + " bytes now, " +
                  std::to_string(file_.state.size) + " before",
              "let its writer finish, then begin again");
}

bool Window::refill() {
  check_();
  const size_t used = end_ - begin_;
  if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, used);
  begin_ = 0;
  end_ = used;
  if (used + kPadding == buffer_.size()) buffer_.resize(2 * used + kPadding);
  const size_t room = std::min(buffer_.size() - kPadding - used, std::max(kFirstSize, used));
  const size_t got = source_->read(buffer_.data() + used, room);
  check_unchanged();
  end_ += got;
  return got > 0;
}

void Window::fail(int64_t offset, const std::string& message, const std::string& hint) const {
  throw Error(Code::data,
              file_.path + ", byte " + std::to_string(offset) +
                  (is_compressed() ? " of its decompressed text: " : ": ") + message,
              hint);
}

}  // namespace sluice::json
