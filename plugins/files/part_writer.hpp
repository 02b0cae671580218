#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "tables.hpp"

namespace sluice::files {

/// Writes one part: a file of its own that counts once commit() is called inside a guard and the guard commits.
class PartWriter {
 public:
  PartWriter(Home& home, int64_t table);
  /// Removes the file unless it was committed.
  ~PartWriter();
  PartWriter(const PartWriter&) = delete;
  PartWriter& operator=(const PartWriter&) = delete;

  void write(std::string_view bytes);
  int64_t size() const { return size_; }
  const std::string& name() const { return name_; }
  std::string path() const;

  /// Makes the file durable. Before commit().
  void sync();
  std::string sha256() const;
  /// Notes the synced file in the transaction that is open: `rows` rows from byte `begin` on, `size` bytes.
  void commit(int64_t chunk, int64_t rows, int64_t begin, int64_t size, const std::string& sha256);
  /// Makes it durable and notes it as the rows of the guard's chunk.
  void commit_chunk(int64_t rows);

 private:
  void flush();

  Home& home_;
  int64_t table_;
  std::string name_;
  FileDescriptor file_;
  std::string buffer_;
  int64_t size_ = 0;
  bool is_committed_ = false;
};

/// The identity of a file that is moved: the same before and after, another one for another file; "" where there is
/// none.
std::string identity_of(const std::string& path);

}  // namespace sluice::files
