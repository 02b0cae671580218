#pragma once

#include <string>
#include <vector>

#include "arrow/type.hpp"
#include "connection.hpp"

/// The tables' columns as the server's information schema tells of them, and what they mean.
namespace sluice::mysql {

struct NativeColumn {
  std::string name;
  std::string word;    ///< "int", "varchar", "enum": the type without its parameters
  std::string native;  ///< the whole: "enum('a','b')", "int(10) unsigned"
  std::string extra;   ///< "auto_increment", "on update current_timestamp()", "DEFAULT_GENERATED", ...
  std::string default_text;
  bool has_default = false;
  std::string generated;  ///< expression of a generated column
  std::string comment;
  std::string collation;
  int64_t length = 0;     ///< characters of a text, bytes of a binary
  int precision = 0, scale = 0;
  int fraction = 0;       ///< digits behind the second
  bool is_unsigned = false;
  bool nullable = true;
  bool is_json = false;   ///< MariaDB's JSON: a text whose CHECK asks for valid JSON
};

struct NativeTable {
  std::string schema, name, engine, comment;
  int64_t rows = 0, bytes = 0, next = 0;
  std::vector<NativeColumn> columns;

  /// Throws Error(not_found) naming the table and the nearest column.
  const NativeColumn& column(const std::string& name) const;
  const NativeColumn* find(const std::string& name) const;
  std::string label() const { return schema + "." + name; }
};

/// The base tables of a schema, sorted by name; `only` (when not empty) names those to look at. Never the ledger's. With them the views
/// that are named.
std::vector<NativeTable> describe_tables(Connection& connection, const std::string& schema, const std::vector<std::string>& only,
                                         const std::vector<std::string>& views = {});

/// One table or view. Throws Error(not_found).
NativeTable describe_table(Connection& connection, const std::string& schema, const std::string& table);

/// The logical type by declaration alone; `read` delivers it so.
arrow::Type logical_type(const NativeColumn& column);

/// A geometry of some kind: read as WKB.
bool is_geometry(const NativeColumn& column);
/// A text of few values that may stand for a truth value: tinyint(1).
bool may_be_boolean(const NativeColumn& column);
bool has_dates(const NativeColumn& column);
bool is_text(const NativeColumn& column);

}  // namespace sluice::mysql
