#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/ddl.hpp"
#include "catalog/decide_type.hpp"
#include "catalog/map_spec.hpp"

/// One column's way from the source's to the target's, whoever says what the target's type is. Part of decide.hpp's work.
namespace sluice::catalog {

/// What becomes of a column by the map's functions, casts and rules for misfits, as `wanted` where that is given.
Decision decide_column(const Table& table, const Column& column, const std::optional<Type>& wanted, const MapSpec& spec);

/// The pair of columns as decided; what the target answers is bound later.
ColumnMapping map_column(const Column& source, const Column& target, const Decision& decision);

/// How the target holds the column, and how it is read back. Throws Error(unsupported) where no cast brings it back.
void bind_column(ColumnMapping& column, const TargetColumn& answer, const std::string& name, std::vector<std::string>& warnings);

}  // namespace sluice::catalog
