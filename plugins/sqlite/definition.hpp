#pragma once

#include <string>
#include <vector>

namespace sluice::sqlite {

/// What only the text of a CREATE TABLE tells: PRAGMAs say nothing of checks, generated expressions and names of
/// constraints.
struct TableDefinition {
  struct Column {
    std::string name;
    std::string generated;  ///< expression
    std::string collation;
    bool is_autoincrement = false;
  };
  struct Check {
    std::string name;
    std::string expression;
  };
  /// A primary key, unique or foreign key constraint.
  struct Constraint {
    enum class Kind { primary_key, unique, foreign_key };
    Kind kind;
    std::string name;  ///< empty where none was given
    std::vector<std::string> columns;
  };
  std::vector<Column> columns;
  std::vector<Check> checks;
  std::vector<Constraint> constraints;

  /// The name given to the constraint over exactly these columns, or "".
  std::string find_name(Constraint::Kind kind, const std::vector<std::string>& columns) const;
  const Column* find_column(const std::string& name) const;
};

/// Reads the text as sqlite_schema keeps it. SQLite has accepted it before, so what is not understood is skipped.
TableDefinition table_definition_from_sql(const std::string& sql);

/// The condition of a partial index's CREATE INDEX, or "".
std::string index_condition_from_sql(const std::string& sql);

/// Expression without outer parentheses and white space.
std::string strip_parentheses(std::string text);

}  // namespace sluice::sqlite
