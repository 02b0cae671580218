#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "layout.hpp"
#include "settings.hpp"

namespace sluice::json {

/// What tells from outside whether a file changed.
struct FileState {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t size = 0;
  int64_t mtime = 0;  ///< nanoseconds

  friend bool operator==(const FileState&, const FileState&) = default;
};

FileState state_from_stat(const struct stat& status);

/// Room for the positions of one file: they count its decompressed bytes, of which nobody knows the number before.
inline constexpr int64_t kFileSpan = int64_t{1} << 42;

/// One file of a store. Positions in a store are counted over all its files: `base` is where this one begins.
struct SourceFile {
  std::string path;
  FileState state;
  int64_t base = 0;
  std::string table;           ///< the name of its table, where the file holds one
  std::optional<Piece> piece;  ///< it is a part of a table that a run writes

  friend bool operator==(const SourceFile&, const SourceFile&) = default;
};

bool is_pattern(const std::string& path);
/// JSON by its extension, compressed or not.
bool is_json_name(const std::string& path);

/// The files that the path stands for, by name. Throws Error(not_found, permission, invalid_argument) naming the path
/// where there is none or where it is neither file nor directory; a directory that may be written to may have none.
std::vector<SourceFile> find_files(const Settings& settings);
/// Another file behind those, which holds a piece of a table.
void add_piece(std::vector<SourceFile>& files, const std::string& path, const std::string& table, Piece piece);

/// Names the path whatever it is called by: file system and inode of the file or directory, and the pattern.
std::string id_of_path(const std::string& path);

}  // namespace sluice::json
