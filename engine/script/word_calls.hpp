#pragma once

#include <lua.hpp>

#include "script/script.hpp"

/// What the words do when a script calls them. Each takes Lua's arguments from the stack and pushes one value. In all
/// of them upvalue 1 is the word (a light userdata).
namespace sluice::script {

int call_param(Script& script, lua_State* state);   ///< param.text "default"
int call_params(Script& script, lua_State* state);  ///< params { ... } to a plain table of values
int call_map(Script& script, lua_State* state);
int call_secret(Script& script, lua_State* state);
int call_rollback_to(Script& script, lua_State* state);
int call_action(Script& script, lua_State* state);
int call_named(Script& script, lua_State* state);  ///< step "name", store "plugin": pending until its table comes
int call_parallel(Script& script, lua_State* state);

const workflow::Word& word_of(lua_State* state);

/// The place of the word that is being called.
Place place_of_call(Script& script, const workflow::Word& word);

/// The table that a word was given as its only argument; throws for anything else.
void require_table_argument(Script& script, lua_State* state, int index, const std::string& label, const Place& place);

}  // namespace sluice::script
