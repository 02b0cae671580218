#pragma once

#include <exception>
#include <functional>
#include <lua.hpp>
#include <map>
#include <optional>
#include <string>

#include "script/items.hpp"
#include "script/load.hpp"
#include "script/lua_state.hpp"
#include "script/sources.hpp"

namespace sluice::script {

/// The text of a file by its path relative to the workflow's folder; nullopt where there is none.
using ReadSource = std::function<std::optional<std::string>(const std::string& path)>;

/// A workflow file being run: its Lua state, its sources, and what its words have made. One thread at a time.
class Script {
 public:
  Script(ReadSource read, ParamSources params, const Limits& limits);

  /// Runs the file and checks the whole. Once.
  workflow::Workflow load(const std::string& main_file);

  lua_State* lua() { return state_.get(); }
  LuaState& state() { return state_; }
  Items& items() { return items_; }
  Sources& sources() { return sources_; }
  const ParamSources& params() const { return params_; }
  /// Lua registry reference of a function of a gate or a map, by its id.
  std::optional<int> find_function(const std::string& id) const;
  /// Keeps the value on top of the stack, taking it off, under an id of a map: "0:orders.row".
  void keep_value(const std::string& id);
  /// Makes `_sluice_table` cheap: after loading nobody asks where a table was written.
  void forget_constructors();

  static Script& of(lua_State* state) { return *static_cast<Script*>(LuaState::owner_of(state)); }

  /// Where the script's own code is at the moment: the innermost frame of one of its files.
  workflow::Location current_location() const;
  Place current_place() const { return current_place({}); }
  /// The same, pointing at a word on that line.
  Place current_place(std::string_view word) const;

  /// Compiles a file of the workflow and pushes the chunk. Throws with the line of a syntax error.
  void push_chunk(const std::string& path);
  /// Calls what lies below `arguments` values; throws what went wrong inside with its place.
  void call(int arguments, int results);

  /// Keeps an error while Lua unwinds to the call() that will throw it.
  void keep(const Error& error) { kept_ = error; }
  const void* kept_marker() const { return &kept_; }

 private:
  static int note_place(lua_State* state);
  [[noreturn]] void throw_failure(int status);
  void open_sandbox();
  void push_environment();
  void check_returned(int first, const std::string& main_file);
  workflow::Workflow finish(const std::string& main_file);
  void name_paths(workflow::Workflow& workflow);
  void name_function(workflow::Node& node);

  ReadSource read_;
  std::string main_file_;
  ParamSources params_;
  Sources sources_;
  Items items_;
  std::map<std::string, int> functions_;
  std::optional<Error> kept_;
  workflow::Location failed_at_;
  LuaState state_;
};

/// The border between Lua and C++: exceptions become Lua errors only after every C++ frame is gone. Catches
/// std::exception and nothing else, because `catch (...)` would swallow Lua's own unwinding.
template <int (*Function)(Script&, lua_State*)>
int guarded(lua_State* state) {
  Script& script = Script::of(state);
  try {
    return Function(script, state);
  } catch (const Error& error) {
    script.keep(error);
  } catch (const std::exception& error) {
    script.keep(Error(Code::internal, error.what()));
  }
  lua_pushlightuserdata(state, const_cast<void*>(script.kept_marker()));
  return lua_error(state);
}

}  // namespace sluice::script
