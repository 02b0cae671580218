#include "script/sandbox.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "script/cast_calls.hpp"
#include "script/embedded.hpp"
#include "script/handles.hpp"
#include "script/table_view.hpp"
#include "script/word_calls.hpp"

namespace sluice::script {
namespace {

using workflow::Word;
using workflow::WordKind;

constexpr const char* kPrelude = "prelude";
constexpr const char* kOwnModules = "sluice.";
constexpr const char* kCasts = "cast.";

void open_libraries(lua_State* state) {
  const std::pair<const char*, lua_CFunction> kLibraries[] = {{"", luaopen_base},
                                                              {LUA_TABLIBNAME, luaopen_table},
                                                              {LUA_STRLIBNAME, luaopen_string},
                                                              {LUA_MATHLIBNAME, luaopen_math}};
  for (const auto& [name, open] : kLibraries) {
    lua_pushcfunction(state, open);
    lua_pushstring(state, name);
    lua_call(state, 1, 0);
  }
}

/// The prelude defines those that are written in Lua.
lua_CFunction function_of(const Word& word) {
  if (word.kind == WordKind::action) return guarded<call_action>;
  if (word.name == "parallel") return guarded<call_parallel>;
  if (word.kind == WordKind::node || word.kind == WordKind::store) return guarded<call_named>;
  if (word.name.compare(0, 6, "param.") == 0) return guarded<call_param>;
  if (word.name == "params") return guarded<call_params>;
  if (word.name == "map") return guarded<call_map>;
  if (word.name == "secret") return guarded<call_secret>;
  if (word.name == "rollback_to") return guarded<call_rollback_to>;
  return nullptr;
}

/// Leaves the table on top in which the last part of a dotted name belongs, inside the one on top. A word that bears the name itself
/// becomes its entry "": the prelude makes the table callable then.
void push_namespace(lua_State* state, const std::string& name) {
  lua_getfield(state, -1, name.c_str());
  if (lua_istable(state, -1)) return;
  lua_newtable(state);
  lua_insert(state, -2);
  lua_setfield(state, -2, "");
  lua_pushvalue(state, -1);
  lua_setfield(state, -3, name.c_str());
}

bool is_cast(const Word& word) { return word.name.rfind(kCasts, 0) == 0; }

/// Pushes what a word is: a value for casts, else a function.
void push_word(Script& script, const Word& word) {
  if (is_cast(word)) return push_cast(script, word.name.substr(std::string(kCasts).size()));
  lua_pushlightuserdata(script.lua(), const_cast<Word*>(&word));
  lua_pushcclosure(script.lua(), function_of(word), 1);
}

void push_words(Script& script) {
  lua_State* state = script.lua();
  lua_newtable(state);
  for (const Word& word : workflow::words()) {
    if (!is_cast(word) && function_of(word) == nullptr) continue;
    const size_t dot = word.name.find('.');
    const bool is_inside = dot != std::string::npos;
    if (is_inside) push_namespace(state, word.name.substr(0, dot));
    push_word(script, word);
    lua_setfield(state, -2, word.name.substr(is_inside ? dot + 1 : 0).c_str());
    if (is_inside) lua_pop(state, 1);
  }
}

std::string text_argument(lua_State* state, int index) {
  size_t size = 0;
  const char* text = lua_tolstring(state, index, &size);
  return text ? std::string(text, size) : std::string();
}

int host_fail(Script& script, lua_State* state) { throw error_at(script.current_place(), text_argument(state, 1)); }

std::string end_of_unknown(const std::string& name, const std::vector<std::string>& known) {
  const std::string suggestion = suggest(name, known);
  return suggestion.empty() ? "; `sluice words` lists the words" : suggestion;
}

int host_unknown(Script& script, lua_State* state) {
  const std::string name = text_argument(state, 2);
  std::vector<std::string> known;
  for (size_t i = 1; i <= lua_objlen(state, 3); ++i) {
    lua_rawgeti(state, 3, static_cast<int>(i));
    known.push_back(text_argument(state, -1));
    lua_pop(state, 1);
  }
  const std::string last = name.substr(name.rfind('.') + 1);
  throw error_at(script.current_place(last),
                 "unknown " + text_argument(state, 1) + " \"" + name + "\"" + end_of_unknown(name, known));
}

int host_check_list(Script& script, lua_State* state) {
  const TableView list(script, 1, text_argument(state, 2), script.current_place());
  list.require_no_fields("each goes over a list");
  return 0;
}

int host_module(Script& script, lua_State* state) {
  const Place place = script.current_place("require");
  if (lua_type(state, 1) != LUA_TSTRING)
    throw error_at(place, "require: expected the name of a module, found " + describe_value(script, 1));
  const std::string name = text_argument(state, 1);
  try {
    script.push_chunk(module_path(name));
  } catch (const Error& error) {
    if (error.code() != Code::not_found) throw;
    throw error_at(place, "require \"" + name + "\": " + error.message());
  }
  return 1;
}

void push_host(Script& script) {
  lua_State* state = script.lua();
  const std::pair<const char*, lua_CFunction> kFunctions[] = {{"fail", guarded<host_fail>},
                                                              {"unknown", guarded<host_unknown>},
                                                              {"check_list", guarded<host_check_list>},
                                                              {"module", guarded<host_module>},
                                                              {"remember", guarded<remember_constructor>}};
  lua_newtable(state);
  for (const auto& [name, function] : kFunctions) {
    lua_pushcfunction(state, function);
    lua_setfield(state, -2, name);
  }
  push_words(script);
  lua_setfield(state, -2, "words");
  push_handle(state, {ItemKind::nothing, 0});
  lua_setfield(state, -2, "nothing");
  lua_pushstring(state, kMarker);
  lua_setfield(state, -2, "marker");
}

}  // namespace

std::string module_path(const std::string& name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  };
  const bool has_form = !name.empty() && std::all_of(name.begin(), name.end(), is_allowed) && name.front() != '.' &&
                        name.back() != '.' && name.find("..") == std::string::npos;
  if (!has_form) {
    throw Error(Code::not_found,
                "no name of a module; lib.tables is the file lib/tables.lua below the workflow's folder");
  }
  if (name.compare(0, std::string(kOwnModules).size(), kOwnModules) == 0)
    throw Error(Code::not_found, "there is no such module");
  std::string path = name;
  std::replace(path.begin(), path.end(), '.', '/');
  return path + ".lua";
}

void push_sandbox(Script& script) {
  lua_State* state = script.lua();
  open_libraries(state);
  register_handles(script);
  register_constructors(script);
  const std::string& prelude = embedded_parts().at(kPrelude);
  // Not a name that begins with @: the prelude's own frames are never a place in the workflow.
  if (luaL_loadbufferx(state, prelude.data(), prelude.size(), "=sluice prelude", "t") != 0) {
    throw Error(Code::internal, "Lua prelude: " + text_argument(state, -1));
  }
  push_host(script);
  script.call(1, 1);
}

}  // namespace sluice::script
