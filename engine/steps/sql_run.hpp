#pragma once

#include <string>

#include "steps/action.hpp"
#include "steps/sql_script.hpp"

namespace sluice::steps {

/// Runs one task of sql or sql.files. An error names file and line of the statement.
TaskRecord run_sql_task(StepContext& context, const std::string& store, const SqlScript& script, const SqlTask& task);

}  // namespace sluice::steps
