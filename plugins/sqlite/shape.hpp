#pragma once

#include <string>
#include <vector>

#include "native_type.hpp"

namespace sluice::sqlite {

class Session;

/// A column as the file has it.
struct ColumnShape {
  std::string name;
  std::string declared;  ///< as written; may be empty
  NativeType type;
  std::string default_sql;
  bool has_default = false;
  bool is_not_null = false;
  bool is_generated = false;
  int key_position = 0;  ///< 1-based place in the primary key; 0: none
};

/// What reading, cutting and loading need to know of a table or view.
struct TableShape {
  enum class Kind { rowid_table, keyed_table, view };
  std::string name;
  Kind kind = Kind::rowid_table;
  std::vector<ColumnShape> columns;  ///< without hidden ones
  std::string rowid_alias;           ///< the INTEGER PRIMARY KEY column; empty where there is none
  std::string rowid_name;            ///< a name by which the rowid can be asked for; empty where there is none

  const ColumnShape* find_column(const std::string& name) const;
  /// Throws Error(not_found) naming the nearest column.
  const ColumnShape& column(const std::string& name) const;
  /// Primary key columns in the key's order.
  std::vector<std::string> key_columns() const;
};

/// Throws Error(not_found) naming the nearest table. `schema` may be NULL, "" or "main".
TableShape shape_of(Session& session, const char* schema, const std::string& table);

}  // namespace sluice::sqlite
