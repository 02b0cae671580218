#include "input.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/error.hpp"

namespace sluice::files {

namespace {

[[noreturn]] void refuse_changed(const std::string& path, const FileState& expected, const FileState& found) {
  throw Error(Code::data,
              path + ": changed while it was read: expected " + to_text(expected) + ", found " + to_text(found),
              "stop what writes to it, then begin again");
}

}  // namespace

Input::Input(std::vector<Segment> segments) : segments_(std::move(segments)) {
  for (const Segment& segment : segments_) {
    starts_.push_back(size_);
    size_ += segment.size;
  }
}

void Input::seek(int64_t offset) { position_ = offset; }

void Input::open(size_t index) {
  const Segment& segment = segments_[index];
  FileDescriptor file(::open(segment.path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) refuse_path(segment.path, errno);
  const FileState state = state_from(status);
  if (segment.expected && *segment.expected != state) refuse_changed(segment.path, *segment.expected, state);
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  open_ = OpenFile{index, std::move(file), state};
}

void Input::require_unchanged() const {
  struct stat status {};
  const std::string& path = segments_[open_->index].path;
  if (::fstat(open_->descriptor.get(), &status) != 0) refuse_path(path, errno);
  if (state_from(status) != open_->state) refuse_changed(path, open_->state, state_from(status));
}

size_t Input::read(char* out, size_t most) {
  size_t got = 0;
  while (got < most && position_ < size_) {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), position_);
    const auto index = static_cast<size_t>(next - starts_.begin()) - 1;
    if (!open_ || open_->index != index) open(index);
    const Segment& segment = segments_[index];
    const int64_t within = position_ - starts_[index];
    const size_t part = std::min<size_t>(most - got, static_cast<size_t>(segment.size - within));
    const ssize_t size = ::pread(open_->descriptor.get(), out + got, part, segment.begin + within);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) refuse_path(segment.path, errno);
    require_unchanged();
    if (size == 0) {
      throw Error(Code::data, segment.path + ": ends at byte " + std::to_string(segment.begin + within) +
                                  ", before the " + std::to_string(segment.begin + segment.size) +
                                  " bytes that it had");
    }
    got += static_cast<size_t>(size);
    position_ += size;
  }
  return got;
}

Place Input::place_of(int64_t offset) const {
  if (segments_.empty()) return {};
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const size_t index = next == starts_.begin() ? 0 : static_cast<size_t>(next - starts_.begin()) - 1;
  return {segments_[index].path, segments_[index].begin + offset - starts_[index]};
}

}  // namespace sluice::files
