#pragma once

#include <lua.hpp>
#include <string>

#include "script/script.hpp"

/// The words `cast.NAME`: values that a map takes for columns. Called with values, they return themselves with these.
namespace sluice::script {

/// Pushes `cast.NAME` without values.
void push_cast(Script& script, const std::string& name);

/// `cast.null_if("", "-")`: what the handle of a cast does when it is called.
int call_cast(Script& script, lua_State* state);

/// Throws where a cast that needs values has none.
void require_values(const catalog::CastCall& call, const std::string& label, const Place& place);

}  // namespace sluice::script
