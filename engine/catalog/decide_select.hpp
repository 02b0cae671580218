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
/// longest; then, likewise, one for the column's type in the source.
std::optional<Type> find_override(const MapSpec& spec, const std::string& table, const Column& column);

/// The casts that the map asks for, chosen among patterns like a type; nullptr for none.
const std::vector<CastCall>* find_casts(const MapSpec& spec, const std::string& table, const std::string& column);

/// Throws Error(invalid_argument) for a pattern of types or casts that matches no column of `tables`, or a type text that is none.
void check_overrides(const std::vector<const Table*>& tables, const MapSpec& spec);

}  // namespace sluice::catalog
