#pragma once

#include <functional>
#include <string>
#include <vector>

#include "catalog/ddl.hpp"
#include "catalog/mapping.hpp"

/// What a target's tables are, against what a map needs.
namespace sluice::catalog {

/// What differs; each kind is a metric of schema.check.
enum class SchemaPart { tables = 1, columns, types, nullability, keys, indexes };

struct SchemaDifference {
  SchemaPart part;
  std::string text;  ///< names the object, what is expected, what is there
};

struct TableSchema {
  std::string table;  ///< the target's name
  std::vector<SchemaDifference> differences;
  std::vector<std::string> notes;  ///< differs as it must: what the target can't hold, columns that fill themselves
};

/// Asks the target for its DDL at a stage.
using AskDdl = std::function<Ddl(const Catalog&, const std::string& stage)>;

/// Compares each table of the map with `there`, the target's catalog. Names of keys and indexes do not count, what they do does; a key or
/// an index that the target's own DDL would not make is a note.
///
/// Where the map makes the tables, they must be as it makes them: columns, types, nullability, keys, indexes. Where they exist already
/// (Mapping::tables_exist) a type differs only where values may be lost or refused (ColumnMapping::risk) or where it is another one
/// than the plan saw, and further columns only where they must be given a value.
std::vector<TableSchema> compare_schema(const Mapping& mapping, const Catalog& there, const AskDdl& ask);

}  // namespace sluice::catalog
