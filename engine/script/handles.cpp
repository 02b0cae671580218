#include "script/handles.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>

#include "base/utf8.hpp"
#include "script/cast_calls.hpp"

namespace sluice::script {
namespace {

// The address is the registry key of the handles' metatable; the value is never read.
char metatable_key = 0;

constexpr size_t kLongestQuote = 40;

std::string quoted(const std::string& text) {
  return text.size() > kLongestQuote ? "\"" + std::string(utf8_truncate(text, kLongestQuote)) + "...\""
                                     : "\"" + text + "\"";
}

/// Reading a field, joining, measuring: none of it means anything for what words return.
int refuse_use(Script& script, lua_State* state) {
  const int index = find_handle(state, 1) ? 1 : 2;
  const Handle& handle = *find_handle(state, index);
  const std::string what = describe_item(script.items(), handle);
  if (handle.kind == ItemKind::secret) {
    throw error_at(script.current_place(),
                   what +
                       " can't be read or joined to a text: Lua never sees its value; pass it on as it is, "
                       "for example url = " +
                       what);
  }
  throw error_at(script.current_place(), what + " can't be read, joined or changed; it can only be placed");
}

int print_handle(Script& script, lua_State* state) {
  const std::string text = describe_item(script.items(), *find_handle(state, 1));
  lua_pushlstring(state, text.data(), text.size());
  return 1;
}

int call_handle(Script& script, lua_State* state) {
  const Handle& handle = *find_handle(state, 1);
  if (handle.kind == ItemKind::pending) return complete_pending(script, state);
  if (handle.kind == ItemKind::cast) return call_cast(script, state);
  throw error_at(script.current_place(), describe_item(script.items(), handle) +
                                             " is complete already; is a comma missing before what follows?");
}

std::string describe_node(const workflow::Node& node) {
  const std::string kind = workflow::to_text(node.kind);
  return node.name.empty() ? kind + " { ... }" : kind + " \"" + node.name + "\"";
}

std::string describe_number(double number) {
  char text[32];
  lua_Number whole = 0;
  const bool is_whole = std::modf(number, &whole) == 0 && std::fabs(number) < 1e15;
  std::snprintf(text, sizeof text, is_whole ? "%.0f" : "%.14g", number);
  return text;
}

}  // namespace

void register_handles(Script& script) {
  lua_State* state = script.lua();
  lua_pushlightuserdata(state, &metatable_key);
  lua_createtable(state, 0, 8);
  for (const char* event :
       {"__index", "__newindex", "__concat", "__len", "__unm", "__add", "__sub", "__mul", "__div", "__lt", "__le"}) {
    lua_pushcfunction(state, guarded<refuse_use>);
    lua_setfield(state, -2, event);
  }
  lua_pushcfunction(state, guarded<print_handle>);
  lua_setfield(state, -2, "__tostring");
  lua_pushcfunction(state, guarded<call_handle>);
  lua_setfield(state, -2, "__call");
  lua_pushboolean(state, 0);
  lua_setfield(state, -2, "__metatable");
  lua_rawset(state, LUA_REGISTRYINDEX);
}

void push_handle(lua_State* state, Handle handle) {
  *static_cast<Handle*>(lua_newuserdata(state, sizeof(Handle))) = handle;
  lua_pushlightuserdata(state, &metatable_key);
  lua_rawget(state, LUA_REGISTRYINDEX);
  lua_setmetatable(state, -2);
}

const Handle* find_handle(lua_State* state, int index) {
  // Only handles and gate contexts are userdata, and a context never meets a word: they have another size.
  const bool may_be = lua_type(state, index) == LUA_TUSERDATA && lua_objlen(state, index) == sizeof(Handle);
  return may_be ? static_cast<const Handle*>(lua_touserdata(state, index)) : nullptr;
}

const Handle* find_handle(lua_State* state, int index, ItemKind kind) {
  const Handle* handle = find_handle(state, index);
  return handle && handle->kind == kind ? handle : nullptr;
}

std::string describe_item(const Items& items, const Handle& handle) {
  switch (handle.kind) {
    case ItemKind::param: return "param." + items.params[handle.index].type;
    case ItemKind::map: return "map { ... }";
    case ItemKind::action: return items.actions[handle.index].word + " { ... }";
    case ItemKind::node: return describe_node(items.nodes[handle.index].node);
    case ItemKind::store: return "store \"" + items.stores[handle.index].plugin + "\"";
    case ItemKind::secret: return "secret \"" + items.secrets[handle.index] + "\"";
    case ItemKind::rollback: return "rollback_to \"" + items.rollbacks[handle.index] + "\"";
    case ItemKind::nothing: return "when(false, ...)";
    case ItemKind::pending:
      return items.pendings[handle.index].word->name + " \"" + items.pendings[handle.index].name +
             "\" without its { ... }";
    case ItemKind::workflow: return "workflow";
    case ItemKind::cast: return "cast." + catalog::to_text(items.casts[handle.index]);
  }
  return "a value";
}

std::string describe_value(Script& script, int index) {
  lua_State* state = script.lua();
  if (const Handle* handle = find_handle(state, index)) return describe_item(script.items(), *handle);
  switch (lua_type(state, index)) {
    case LUA_TNONE:
    case LUA_TNIL: return "nothing (nil)";
    case LUA_TBOOLEAN: return lua_toboolean(state, index) != 0 ? "true" : "false";
    case LUA_TNUMBER: return "the number " + describe_number(lua_tonumber(state, index));
    case LUA_TSTRING: {
      size_t size = 0;
      const char* text = lua_tolstring(state, index, &size);
      return "the text " + quoted(std::string(text, size));
    }
    case LUA_TTABLE: return "a table";
    case LUA_TFUNCTION: return "a function";
    default: return std::string("a ") + luaL_typename(state, index);
  }
}

}  // namespace sluice::script
