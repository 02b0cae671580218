#pragma once

#include <string>
#include <vector>

#include "catalog/decide_keys.hpp"
#include "catalog/map_spec.hpp"

/// What the map's functions make: columns whose values come from them, columns that only the target has. Part of
/// decide.hpp's work.
namespace sluice::catalog {

/// What makes the values of a column, if anything: the table's own block first, then a pattern as for types.
const ColumnTransform* find_transform(const MapSpec& spec, const std::string& table, const std::string& column);

/// Throws Error(invalid_argument) at its place for a block or a pattern that means nothing in `tables`.
void check_transforms(const std::vector<const Table*>& tables, const MapSpec& spec);

/// A column that a transform makes: read as its values ask for, whatever type comes out.
Decision decide_transformed(const Column& column, const std::optional<Type>& wanted, const ColumnTransform& transform);

/// Puts the columns that the blocks add behind those of their tables. `target.tables` are in the order of `tables` and
/// bear their final names. Throws Error(invalid_argument) where a name is taken.
void add_columns(const std::vector<DecidedTable>& tables, const MapSpec& spec, Catalog& target);

/// The block's functions and added columns, and what is read for them alone, into the mapping of one table. `source`
/// has the omitted columns, too. The target's types are bound later.
void map_transforms(const MapSpec& spec, const Catalog& source, TableMapping& table);

}  // namespace sluice::catalog
