#pragma once

#include <cstddef>
#include <string>

#include "verify/sides.hpp"

/// The little SQL with which rows are looked up by key, in the words of the store that is asked. Part of sample.hpp's work.
namespace sluice::verify {

/// "sql": double quotes and $1, as the standard and most servers have it. "mysql": backticks and ?.
enum class Dialect { sql = 1, mysql };

/// By the manifest's `language`. Throws Error(internal) for one that nobody knows.
Dialect dialect_of(const TableSide& side);

std::string quoted_name(Dialect dialect, const std::string& name);
/// A text as a literal. Throws Error(data) for one with a NUL byte.
std::string quoted_text(Dialect dialect, const std::string& text);
/// The side's table with its schema.
std::string quoted_table(Dialect dialect, const TableSide& side);
/// What is selected for a column, so that a query delivers what `read` does.
std::string selected(Dialect dialect, const catalog::ColumnMapping& column, copy::Side side);
/// The condition that a key column equals the `param`-th parameter (from 1), which is bound as text.
std::string equals_param(Dialect dialect, const catalog::ColumnMapping& column, copy::Side side, size_t param);

}  // namespace sluice::verify
