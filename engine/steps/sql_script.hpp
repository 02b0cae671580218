#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "steps/sql_split.hpp"

/// What sql and sql.files run: scripts, cut into tasks. The same on every call, from the plan and the bundle alone.
namespace sluice::steps {

/// A file, or the text of a step (then without a name).
struct SqlScript {
  std::string name;
  std::string text;
  std::vector<SqlStatement> statements;
};

/// A task of a step: a script, or with autocommit one statement of it.
struct SqlTask {
  std::string
      id;  ///< "migrations/2.sql", "migrations/2.sql:14 VACUUM t", "migrations/2.sql:14 #2 VACUUM u", "statement"
  size_t script = 0;
  std::optional<size_t> statement;
  std::string digest;  ///< of what it runs: another one is another task
};

SqlDialect dialect_of(const plan::Plan& plan, const plan::PlannedNode& node);
/// Every statement runs and commits by itself.
bool is_autocommit(const plan::PlannedNode& node);

/// Of a step of sql or sql.files; `files` is the bundle's. Throws Error(invalid_argument) as split_sql does.
std::vector<SqlScript> scripts_of(const plan::PlannedNode& node, const std::map<std::string, std::string>& files, SqlDialect dialect);
std::vector<SqlTask> tasks_of(const plan::PlannedNode& node, const std::vector<SqlScript>& scripts, SqlDialect dialect);

/// The whole script is one transaction: not on MySQL where a statement commits by itself.
bool is_one_transaction(const SqlScript& script, SqlDialect dialect);

/// Where every statement stands alone, a kill between two loses what one has left in the session. Throws
/// Error(invalid_argument) that names the statement.
void refuse_lost_values(const SqlScript& script, SqlDialect dialect);

/// "migrations/2.sql:14", "statement 2"
std::string place_of(const SqlScript& script, size_t statement);

/// Tasks that have run, by id with their digests, whose script is another one in `now`: such a task would not run
/// again. A digest is "" where a person said that the task was done.
std::vector<std::string> changed_tasks(const std::map<std::string, std::string>& done, const std::vector<SqlTask>& now);

}  // namespace sluice::steps
