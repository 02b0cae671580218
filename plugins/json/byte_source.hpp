#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace sluice::json {

/// The bytes of a file, one after another, decompressed where the file is compressed.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// At most `room` bytes; 0 at the end only.
  virtual size_t read(char* to, size_t room) = 0;
  virtual bool is_compressed() const = 0;
};

/// The file behind a descriptor, which the caller keeps open, from byte `from` of what it means on. Files that begin as
/// gzip does are decompressed, all members of them. Throws Error(data, unavailable) with `path` where that fails.
std::unique_ptr<ByteSource> open_source(int descriptor, const std::string& path, int64_t from);

}  // namespace sluice::json
