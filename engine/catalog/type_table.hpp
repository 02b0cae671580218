#pragma once

#include <string>
#include <vector>

#include "catalog/decide.hpp"

namespace sluice::catalog {

/// What becomes of one type of a source: a row of the table that people read. Made by the decisions themselves, column
/// by column, so that it says what a plan would.
struct TypeRow {
  std::string native;   ///< as the source spells it; may be empty
  std::string neutral;  ///< the comparison type
  std::string target;   ///< as the target spells it
  std::string casts;    ///< describe_casts
  std::string policy;
  std::vector<std::string> notes;    ///< what the target or the decision warns of
  std::string refusal;               ///< why no type is decided; the others are empty then
  std::vector<std::string> columns;  ///< "table.column"
};

/// One row per way that a type of `source` goes, in the catalog's order. Keys and defaults are left out of it.
std::vector<TypeRow> type_table(const Catalog& source, const MapSpec& spec, const AskTarget& ask);

}  // namespace sluice::catalog
