#pragma once

#include <functional>
#include <string>

#include "catalog/catalog.hpp"
#include "catalog/ddl.hpp"
#include "catalog/map_spec.hpp"
#include "catalog/mapping.hpp"

namespace sluice::catalog {

/// Asks the target how it would hold a catalog (its `ddl`, stage "tables").
using AskTarget = std::function<Ddl(const Catalog&)>;

/// Decides for every selected column its comparison type and its casts, from the source's catalog with evidence, the
/// map's overrides and the target's answer. `target_schema` may be empty. Throws Error(invalid_argument) with the map's
/// place for a pattern that matches nothing or a type that no cast reaches, Error(data) for evidence that contradicts
/// an override.
Mapping decide_mapping(const Catalog& source, const MapSpec& spec, const std::string& target_schema,
                       const AskTarget& ask);

/// The same into tables that exist already: the target's columns decide the types. Throws Error(invalid_argument) that names all at
/// once what does not fit: tables and columns without a counterpart, columns that must have a value and get none, values that
/// contradict a type.
Mapping decide_existing(const Catalog& source, const MapSpec& spec, const Catalog& target);

/// Pairs the tables of two existing stores by name for a comparison: comparison types from both catalogs.
Mapping pair_catalogs(const Catalog& a, const Catalog& b, const MapSpec& spec);

/// How to bring `from` (a carrier) to `to` (a comparison type), or Error(unsupported) naming both.
Cast cast_between(const Type& from, const Type& to);

}  // namespace sluice::catalog
