#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "state.hpp"

namespace sluice::files {

/// A piece of a file that holds rows of a table.
struct Segment {
  std::string path;
  int64_t begin = 0;
  int64_t size = 0;
  std::optional<FileState> expected;  ///< as the snapshot has it; else what the file is when it is opened
};

/// Where a byte of a table is.
struct Place {
  std::string path;
  int64_t offset = 0;  ///< in that file
};

/// Reads the bytes of segments, one behind the other, as if they were one file. Offsets count over all segments. One
/// thread.
class Input {
 public:
  explicit Input(std::vector<Segment> segments);

  int64_t size() const { return size_; }
  /// From here on, forward.
  void seek(int64_t offset);
  int64_t position() const { return position_; }
  /// Up to `most` bytes, fewer only at the end (0). Throws Error(data) where a file changed since it was opened.
  size_t read(char* out, size_t most);
  Place place_of(int64_t offset) const;

 private:
  struct OpenFile {
    size_t index = 0;
    FileDescriptor descriptor;
    FileState state;
  };

  void open(size_t index);
  void require_unchanged() const;

  std::vector<Segment> segments_;
  std::vector<int64_t> starts_;  ///< of each segment, in offsets
  int64_t size_ = 0;
  int64_t position_ = 0;
  std::optional<OpenFile> open_;
};

}  // namespace sluice::files
