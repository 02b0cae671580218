#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/map_spec.hpp"

/// Which tables and columns a map's patterns mean. Part of decide.hpp's work.
namespace sluice::catalog {

/// The source's tables that the map includes and does not except, in the catalog's order. Throws
/// Error(invalid_argument) with the map's place and the nearest name for a pattern that matches no table (an `except`
/// with wildcards may match none).
std::vector<const Table*> select_tables(const Catalog& source, const MapSpec& spec);

/// The type that the map gives a column of a table, if any: a pattern without wildcards before the others, then the
/// longest.
std::optional<Type> find_override(const MapSpec& spec, const std::string& table, const std::string& column);

/// Throws Error(invalid_argument) for a type pattern that matches no column of `tables`, or a type text that is none.
void check_overrides(const std::vector<const Table*>& tables, const MapSpec& spec);

}  // namespace sluice::catalog
