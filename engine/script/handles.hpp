#pragma once

#include <lua.hpp>
#include <string>

#include "script/items.hpp"
#include "script/script.hpp"

namespace sluice::script {

/// Makes the metatable of handles; once per state.
void register_handles(Script& script);

void push_handle(lua_State* state, Handle handle);
/// The handle at an index of the stack; nullptr for anything else.
const Handle* find_handle(lua_State* state, int index);
const Handle* find_handle(lua_State* state, int index, ItemKind kind);

/// What lies there, for "found ...": `the text "x"`, `a table`, `step "rows"`.
std::string describe_value(Script& script, int index);
std::string describe_item(const Items& items, const Handle& handle);

/// Calls a pending `step "name"` with its table: read_nodes.cpp.
int complete_pending(Script& script, lua_State* state);

}  // namespace sluice::script
