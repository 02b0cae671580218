#pragma once

#include <string>
#include <vector>

#include "arrow/type.hpp"

/// The casts that a map may ask for by name, `cast.unix_seconds`: one table behind reading, help, type decisions and
/// the plan.
namespace sluice::catalog {

/// One cast as the map writes it: `cast.null_if("", "-")`.
struct CastCall {
  std::string name;
  std::vector<std::string> values;

  friend bool operator==(const CastCall&, const CastCall&) = default;
};

/// `unix_seconds`, `null_if("", "-")`.
std::string to_text(const CastCall& call);

/// What a cast takes and makes. Kinds stand for their family: int64 for every integer, float64 for every float, number
/// for decimals.
struct CastWord {
  const char* name;
  const char* help;
  const char* example;
  /// In the order in which a store of dynamic types is asked for them; empty: everything.
  std::vector<arrow::Kind> takes;
  /// What becomes of a kind that it takes: the type it makes unasked, then those that the map may set instead.
  std::vector<arrow::Type> (*makes)(const arrow::Type& from);
  size_t least_values = 0;
  size_t most_values = 0;
  /// The values stay what they are, but for some that are cleaned: so the column keeps its declared type.
  bool cleans = false;
  bool makes_null = false;
  /// A default in the source's spelling still means the same in the type made.
  bool keeps_defaults = false;

  bool takes_kind(arrow::Kind kind) const;
};

/// Sorted by name.
const std::vector<CastWord>& cast_words();
/// nullptr where there is none.
const CastWord* find_cast_word(const std::string& name);

}  // namespace sluice::catalog
