#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "abi/plugin_abi.h"

namespace sluice::json {

enum class Shape { automatic, array, lines, object, tables };
const char* to_text(Shape shape);

/// Whether names of columns are kept as keys are, or changed where stores could not hold them.
enum class NameStyle { exact = 1, portable };

/// What becomes of a target's numbers that JSON doesn't have.
enum class NonFinite { refuse = 1, null };
/// What becomes of the JSON value null in a column of json, which reads back as NULL.
enum class JsonNull { refuse = 1, null };
enum class Access { read = 1, write };

/// A nested array of objects that becomes a table.
struct Split {
  std::string field;  ///< with the fields that lead to it and dots between: "markets.tokens"
  std::string table;  ///< "": the parent's name, "_" and the field
};

/// A store as its options describe it. A value; nothing has been opened.
struct Settings {
  std::string path;  ///< file, directory, or pattern with *
  std::string table;
  Shape shape = Shape::automatic;
  std::vector<std::string> record;  ///< the pointer's tokens, unescaped
  std::string key = "key";
  bool has_key = false;  ///< the option was given
  std::vector<Split> split;
  std::vector<std::string> id;
  NameStyle names = NameStyle::portable;
  bool flattens_all = false;
  std::vector<std::string> flatten;
  std::vector<std::string> parse;
  NonFinite nonfinite = NonFinite::refuse;
  JsonNull json_null = JsonNull::refuse;
  Access access = Access::write;
  int64_t max_record = int64_t{64} << 20;
  int max_depth = 256;

  bool flattens(const std::string& field) const;
  bool parses(const std::string& field) const;
  /// NULL where the field at that path is no table of its own.
  const Split* find_split(const std::string& path) const;
};

/// Throws Error(invalid_argument) naming an unknown option, a missing path, or a value that is none.
Settings settings_from_options(const sluice_option* options, int64_t count);

}  // namespace sluice::json
