#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sluice::catalog {

/// A workflow's `map { ... }` as written: pure data. Patterns are globs (`*`, `?`) over "table" or "table.column".
struct MapSpec {
  std::string from;  ///< store names
  std::string to;
  std::vector<std::string> include = {"*"};
  std::vector<std::string> except;
  /// Column pattern to type text, in sorted order of the patterns; the longest matching pattern without wildcards wins,
  /// then the longest pattern.
  std::vector<std::pair<std::string, std::string>> types;
  std::string where;  ///< "file:line" of the call, for errors
  /// Both stores are of one kind: expressions in their own language (defaults, checks, partial indexes) are kept.
  /// Otherwise they are dropped with a warning.
  bool same_kind = false;
};

/// `*` any run, `?` one character, everything else itself. Case-sensitive.
bool matches_glob(const std::string& pattern, const std::string& text);

}  // namespace sluice::catalog
