#pragma once

#include <string>

#include "arrow/type.hpp"

/// PostgreSQL's DDL for a neutral catalog. Pure text: no connection.
namespace sluice::postgres {

/// How a column is held: the server's type, and what `read` delivers for it.
struct ColumnForm {
  std::string native;
  arrow::Type carrier;
};

/// For a logical type. `native` is the source's own spelling where that is a PostgreSQL, else "": kept where our COPY
/// can fill it.
ColumnForm column_form(const arrow::Type& type, const std::string& native);

/// The contract's JSON of statements, columns and warnings. Stage "tables": schema, tables, comments. Stage "finish":
/// indexes (group 1, may be built at once), primary keys and unique constraints over them (2), foreign keys (3),
/// sequences (4), statistics (5). Throws Error(invalid_argument) for another stage or what is no catalog,
/// Error(unsupported) for names that PostgreSQL would cut.
std::string make_ddl(const std::string& default_schema, const std::string& catalog, const std::string& stage);

}  // namespace sluice::postgres
