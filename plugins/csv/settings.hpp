#pragma once

#include <optional>
#include <string>

#include "abi/plugin_abi.h"
#include "files/encoding.hpp"

namespace sluice::csv {

/// How cells are written. A value.
struct Dialect {
  char delimiter = 0;  ///< 0: by the file's name (tab for .tsv, else comma)
  char quote = '"';    ///< 0: none
  char escape = 0;     ///< the character behind it stands for itself; 0: none, a quote is doubled
  char comment = 0;    ///< lines that begin with it are no rows; 0: none
  bool has_header = true;
  std::optional<std::string> null_text;  ///< without one an empty cell without quotes is NULL
  files::Encoding encoding = files::Encoding::detect;
  bool has_mark = false;  ///< a target's files begin with a byte order mark

  /// With the delimiter that the file's name asks for.
  Dialect for_file(const std::string& path) const;
};

enum class Access { read = 1, write };

/// A store as its options describe it. A value; nothing has been opened.
struct Settings {
  std::string path;  ///< as written, without "csv:"
  Access access = Access::write;
  Dialect dialect;
};

/// Throws Error(invalid_argument) naming an unknown option, a missing path, a value that is none, or characters of the
/// dialect that are the same.
Settings settings_from_options(const sluice_option* options, int64_t count);

}  // namespace sluice::csv
