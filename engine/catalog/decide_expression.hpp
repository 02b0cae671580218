#pragma once

#include <optional>
#include <string>

#include "catalog/decide_keys.hpp"

namespace sluice::catalog {

/// A check or partial index's condition in words that every SQL store reads alike: comparisons, AND, OR, NOT, IN,
/// BETWEEN, IS NULL over columns of one family (numbers or texts) and literals. Columns come out quoted. nullopt for
/// anything else.
std::optional<std::string> portable_expression(const std::string& expression, const DecidedTable& table);

}  // namespace sluice::catalog
