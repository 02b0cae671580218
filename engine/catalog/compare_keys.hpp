#pragma once

#include <string>
#include <vector>

#include "catalog/compare_schema.hpp"

/// Part of compare_schema's work.
namespace sluice::catalog {

/// Keys, foreign keys and indexes of `expected`, a table of `all`, that `there` lacks.
void compare_keys(const Table& expected, const Catalog& all, const Table& there, const AskDdl& ask, TableSchema& found);

}  // namespace sluice::catalog
