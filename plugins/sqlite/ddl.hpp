#pragma once

#include <string>

namespace sluice::sqlite {

/// The DDL for a neutral catalog, as JSON documented in engine/catalog/ddl.hpp. `stage` is "tables" (CREATE TABLE with
/// keys, foreign keys, checks and defaults: SQLite can't add them later) or "finish" (indexes, AUTOINCREMENT's marks,
/// ANALYZE). Schemas are dropped: a file has one. Expressions are tried out in a database in memory; those that SQLite
/// doesn't take are left out with a warning. Throws Error(invalid_argument) for a catalog that is none or names that
/// collide, Error(unsupported) for a table that SQLite would not make.
std::string ddl_for_catalog(const std::string& catalog, const std::string& stage);

}  // namespace sluice::sqlite
