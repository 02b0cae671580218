#pragma once

#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/mapping.hpp"

/// What else matters of a target's tables that were there before. Part of decide_existing's work.
namespace sluice::catalog {

/// Lines for people. Problems end planning, warnings are shown with the plan.
struct Findings {
  std::vector<std::string> problems;
  std::vector<std::string> warnings;
};

/// Columns of `there` that nobody asked a value for (`asked`: those that the map names): fine where the store has one by itself.
void look_at_unfilled(const std::string& source_table, const Table& there, const std::set<std::string>& asked, Findings& findings);

/// Triggers on the filled tables, references that leave them or come from elsewhere, and counters that the store does not own.
void look_around(const Catalog& there, const std::vector<Table>& filled, Findings& findings);

/// Whether the store loads values into the column: of types that it only shows as text its catalog has a note.
bool takes_values(const Catalog& there, const std::string& table, const std::string& column);
/// How such a note ends.
inline constexpr const char* kShownAsText = " becomes text, as the server writes it";

/// The target's key for a filled table: the primary key, else a unique key or index without NULLs; each of its columns gets a value.
std::vector<std::string> existing_key(const Table& there, const TableMapping& table);

}  // namespace sluice::catalog
