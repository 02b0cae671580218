#pragma once

#include <string>
#include <vector>

#include "arrow/type.hpp"

/// What a target's `ddl` answers. As JSON: {"statements": [{"sql", "kind", "schema", "table", "name", "group",
/// "transactional"}], "columns": [{"table", "column", "native", "carrier"}], "warnings": [text]}.
namespace sluice::catalog {

/// One statement. `kind`: schema, table, primary_key, unique, index, foreign_key, sequence, analyze, comment, clear,
/// count. The object that
/// it creates (for the undo's record) has this kind, schema, table and name; the last five create none.
/// Statements of one `group` may run at once; groups run in ascending order.
struct Statement {
  std::string sql;
  std::string kind;
  std::string schema;
  std::string table;
  std::string name;
  int group = 0;
  bool transactional = true;
};

/// How the target will hold a column: its own type, and what its `read` will deliver for it.
struct TargetColumn {
  std::string table;
  std::string column;
  std::string native;
  arrow::Type carrier;
};

struct Ddl {
  std::vector<Statement> statements;
  std::vector<TargetColumn> columns;
  std::vector<std::string> warnings;
};

std::string ddl_to_json(const Ddl& ddl);
Ddl ddl_from_json(const std::string& json);

}  // namespace sluice::catalog
