#pragma once

#include <string>

#include "steps/sql_split.hpp"

/// What statements leave behind in their session, which is another one when a run goes on after a kill.
namespace sluice::steps {

/// It changes nothing but how the session goes on, and may be said again before every later statement: SET of literals.
bool sets_session(const SqlStatement& statement, SqlDialect dialect);

/// What the statement leaves to later ones, or takes from earlier ones, and saying it again would not bring back: "the
/// variable @id".
/// "" where there is nothing like it.
std::string value_of_session(const SqlStatement& statement, SqlDialect dialect);

}  // namespace sluice::steps
