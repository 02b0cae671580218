#pragma once

#include <string>
#include <utility>
#include <vector>

#include "catalog/cast_word.hpp"
#include "catalog/transform_spec.hpp"

namespace sluice::catalog {

/// How names that the map doesn't give become the target's.
enum class NamePolicy {
  keep = 1,
  lower,       ///< "OrderLines" to "orderlines"
  snake_case,  ///< "OrderLines" to "order_lines"
};

/// A workflow's `map { ... }` as written: pure data. Patterns are globs (`*`, `?`) over "table" or "table.column".
struct MapSpec {
  std::string from;  ///< store names
  std::string to;
  std::vector<std::string> include = {"*"};
  std::vector<std::string> except;
  std::vector<std::string> views;  ///< of the source, copied as if they were tables; no patterns
  /// Column pattern to type text, in sorted order of the patterns; the longest matching pattern without wildcards wins,
  /// then the longest pattern.
  std::vector<std::pair<std::string, std::string>> types;
  /// Pattern of the source's own names of types ("datetime", "decimal(*)"; case doesn't count, and without a bracket every size
  /// is meant) to type text: for columns that `types` doesn't name.
  std::vector<std::pair<std::string, std::string>> types_by_source;
  /// Column pattern to the casts of its values, in the order in which they are applied; of several patterns the one
  /// that wins among `types` would.
  std::vector<std::pair<std::string, std::vector<CastCall>>> casts;
  std::string where;  ///< "file:line" of the call, for errors
  NamePolicy names = NamePolicy::keep;
  /// "table" or "table.column" of the source to the target's name; no patterns.
  std::vector<std::pair<std::string, std::string>> renames;
  /// Source table to the condition, in the source's language, of the rows to take; no patterns.
  std::vector<std::pair<std::string, std::string>> conditions;
  std::vector<std::string> omitted;  ///< column patterns that are left out
  /// A copy by this map keeps rejects aside: values that contradict a demanded type are theirs, not an error of planning.
  bool keeps_rejects = false;
  /// Both stores are of one kind: expressions in their own language (defaults, checks, partial indexes) are kept.
  /// Otherwise they are dropped with a warning.
  bool same_kind = false;
  /// The target's tables are there already: what they are decides, and none is made.
  bool tables_exist = false;
  TransformSpecs transforms;
};

/// `*` any run, `?` one character, everything else itself. Case-sensitive.
bool matches_glob(const std::string& pattern, const std::string& text);

}  // namespace sluice::catalog
