#pragma once

#include <string>

/// The catalog's queries. Each takes the schema ($1) and the tables as text[] or NULL for all ($2), and answers the
/// table's oid first (but for the notes).
namespace sluice::postgres {

/// oid, name, comment, estimated rows or -1, bytes.
extern const char* const kTablesQuery;
/// oid, name, not null, base type's oid and modifier, native type, default's expression, is generated, is identity,
/// sequence, comment.
std::string columns_query();
/// oid, name, type, columns, referenced schema, table and columns, on delete, on update, check's expression.
extern const char* const kConstraintsQuery;
/// oid, name, is unique, is more than a list of columns, definition behind the table's name, columns, condition.
extern const char* const kIndexesQuery;
/// One text per thing that the neutral catalog has no place for.
extern const char* const kNotesQuery;

}  // namespace sluice::postgres
