#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/decide_type.hpp"

/// The type decision of a column for which the map names casts. Part of decide.hpp's work.
namespace sluice::catalog {

/// How the values are read, the type after each cast, and the comparison type: `wanted` where the map sets one, else
/// what the last cast makes, else (casts that only clean) the declared type. Throws Error(invalid_argument) where a
/// cast does not take what it is given, naming `name` ("table.column").
Decision decide_casts(const Column& column, const std::vector<CastCall>& casts, const std::optional<Type>& wanted,
                      const std::string& name);

/// Some cast makes NULLs of values.
bool makes_null(const std::vector<CastStep>& chain);

/// A default as the source writes it still means the same behind the casts.
bool keeps_defaults(const std::vector<CastStep>& chain);

}  // namespace sluice::catalog
