#include "script/script.hpp"

#include <cctype>
#include <utility>

#include "script/handles.hpp"
#include "script/sandbox.hpp"
#include "workflow/lint.hpp"

namespace sluice::script {
namespace {

using workflow::Location;
using workflow::Node;

// The addresses are registry keys, of the scripts' environment and of note_place; the values are never read.
char environment_key = 0;
char handler_key = 0;

/// "shop.lua:12: text" into its parts; line 0 where it has no such form.
std::pair<int, std::string> split_message(const std::string& message, const std::string& file) {
  const size_t start = message.compare(0, file.size() + 1, file + ":") == 0 ? file.size() + 1 : std::string::npos;
  if (start == std::string::npos) return {0, message};
  size_t end = start;
  while (end < message.size() && std::isdigit(static_cast<unsigned char>(message[end])) != 0) ++end;
  if (end == start || end - start > 9 || message.compare(end, 2, ": ") != 0) return {0, message};
  return {std::stoi(message.substr(start, end - start)), message.substr(end + 2)};
}

/// What Lua says about a source it can't compile, with what to do.
std::string explain_syntax(const std::string& message) {
  const bool lacks_comma = message.find("'}' expected") != std::string::npos;
  const bool is_too_large = message.find("has more than") != std::string::npos;
  return message + (lacks_comma ? "; is a comma missing before it?"
                    : is_too_large
                        ? "; the file is too large for one Lua function, split it into modules and require them"
                        : "");
}

std::string pop_text(lua_State* state) {
  size_t size = 0;
  const char* text = lua_type(state, -1) == LUA_TSTRING ? lua_tolstring(state, -1, &size) : nullptr;
  std::string copy =
      text ? std::string(text, size) : std::string("error(...) was called with ") + luaL_typename(state, -1);
  lua_pop(state, 1);
  return copy;
}

int load_text(lua_State* state, const std::string& text, const std::string& name) {
  // Never without "t": by default Lua accepts bytecode, which it doesn't check.
  return luaL_loadbufferx(state, text.data(), text.size(), ("@" + name).c_str(), "t");
}

bool begins_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

}  // namespace

Script::Script(ReadSource read, ParamSources params, const Limits& limits)
    : read_(std::move(read)), params_(std::move(params)), state_(this, limits) {
  lua_pushlightuserdata(lua(), &handler_key);
  lua_pushcfunction(lua(), note_place);
  lua_rawset(lua(), LUA_REGISTRYINDEX);
}

std::optional<int> Script::find_function(const std::string& id) const {
  const auto found = functions_.find(id);
  if (found == functions_.end()) return std::nullopt;
  return found->second;
}

void Script::keep_value(const std::string& id) { functions_[id] = luaL_ref(lua(), LUA_REGISTRYINDEX); }

void Script::forget_constructors() {
  lua_State* state = lua();
  push_environment();
  lua_getmetatable(state, -1);
  lua_getfield(state, -1, "__index");
  // Written in Lua, so that loops with tables in them are compiled.
  if (luaL_loadstring(state, "return function(_, entries) return entries end") != 0) {
    throw Error(Code::internal, "Lua: " + pop_text(state));
  }
  call(0, 1);
  lua_pushstring(state, kMarker);
  lua_insert(state, -2);
  lua_rawset(state, -3);
  lua_settop(state, 0);
}

Location Script::current_location() const {
  lua_State* state = state_.get();
  lua_Debug frame;
  for (int level = 0; lua_getstack(state, level, &frame) != 0; ++level) {
    lua_getinfo(state, "Sl", &frame);
    if (frame.source[0] == '@' && frame.currentline > 0) return {frame.source + 1, frame.currentline};
  }
  return {};
}

Place Script::current_place(std::string_view word) const {
  const Location where = current_location();
  return where.line > 0 ? sources_.at(where, word) : sources_.last_of(main_file_, word);
}

void Script::push_chunk(const std::string& path) {
  lua_State* state = lua();
  const SourceFile* file = sources_.find(path);
  if (!file) {
    auto text = read_(path);
    if (!text) throw Error(Code::not_found, "there is no file " + path + " below the workflow's folder");
    // The text as written first: its syntax errors must not show what is put in below.
    if (load_text(state, *text, path) != 0) {
      const auto [line, message] = split_message(pop_text(state), path);
      SourceFile broken{.name = path, .text = std::move(*text)};
      throw error_at({&broken, line}, explain_syntax(message));
    }
    lua_pop(state, 1);
    file = &sources_.add(path, std::move(*text));
  }
  const std::string marked =
      mark_constructors(file->text, file->tokens, file->constructors, kMarker, file->first_constructor);
  if (load_text(state, marked, path) == 0) return;
  const auto [line, message] = split_message(pop_text(state), path);
  throw error_at({file, line}, explain_syntax(message));
}

int Script::note_place(lua_State* state) {
  Script& script = of(state);
  script.failed_at_ = script.current_location();
  return 1;
}

void Script::call(int arguments, int results) {
  lua_State* state = lua();
  const int handler = lua_gettop(state) - arguments;
  lua_pushlightuserdata(state, &handler_key);
  lua_rawget(state, LUA_REGISTRYINDEX);
  lua_insert(state, handler);
  state_.start_budget();
  kept_.reset();
  failed_at_ = {};
  const int status = lua_pcall(state, arguments, results, handler);
  if (status != 0) throw_failure(status);
  lua_remove(state, handler);
}

void Script::throw_failure(int status) {
  lua_State* state = lua();
  const bool is_kept = lua_touserdata(state, -1) == kept_marker() && kept_;
  std::string message = is_kept ? "" : pop_text(state);
  lua_settop(state, 0);
  if (is_kept) throw Error(*kept_);
  // Lua asks no handler when memory runs out, so there the hook's last place has to do.
  if (failed_at_.line == 0)
    failed_at_ = {state_.last_source().empty() ? main_file_ : state_.last_source(), state_.last_line()};
  const Place place = sources_.at(failed_at_);
  if (!state_.overrun().empty()) throw error_at(place, state_.overrun());
  if (state_.is_out_of_memory() || status == LUA_ERRMEM) {
    throw error_at(
        place,
        "the script takes more memory than a workflow may; is there a list or a text that grows without an end?");
  }
  const auto [line, text] = split_message(message, failed_at_.file);
  if (begins_with(text, "stack overflow"))
    throw error_at(place, "a function calls itself without an end (stack overflow)");
  throw error_at(place, text);
}

void Script::push_environment() {
  lua_pushlightuserdata(lua(), &environment_key);
  lua_rawget(lua(), LUA_REGISTRYINDEX);
}

void Script::open_sandbox() {
  push_sandbox(*this);
  lua_pushlightuserdata(lua(), &environment_key);
  lua_insert(lua(), -2);
  lua_rawset(lua(), LUA_REGISTRYINDEX);
}

workflow::Workflow Script::load(const std::string& main_file) {
  main_file_ = main_file;
  open_sandbox();
  push_chunk(main_file);
  push_environment();
  lua_setfenv(lua(), -2);
  const int before = lua_gettop(lua()) - 1;
  call(0, LUA_MULTRET);
  check_returned(before + 1, main_file);
  lua_settop(lua(), 0);
  const bool has_unused =
      !items_.has_params && !(params_.given.empty() && params_.file.empty() && params_.environment.empty());
  if (has_unused)
    throw Error(Code::invalid_argument, main_file + " declares no params, so none can be given",
                "declare them: local p = params { ... }");
  return finish(main_file);
}

void Script::check_returned(int first, const std::string& main_file) {
  const Handle* handle = find_handle(lua(), first, ItemKind::workflow);
  if (handle && lua_gettop(lua()) == first) return;
  const Place place = sources_.at({main_file, 0});
  if (handle)
    throw error_at(place, "the file returns more than its workflow; end it with return workflow \"name\" { ... }");
  const Handle* pending = find_handle(lua(), first, ItemKind::pending);
  if (pending)
    throw error_at(sources_.at(items_.pendings[pending->index].where),
                   "the file returns " + describe_item(items_, *pending));
  const bool has_workflow = items_.workflow.has_value();
  throw error_at(place, "the file returns " + describe_value(*this, first) + ", expected a workflow; " +
                            (has_workflow ? "write return before workflow \"" + items_.workflow->name + "\""
                                          : "end it with return workflow \"name\" { ... }"));
}

workflow::Workflow Script::finish(const std::string& main_file) {
  workflow::Workflow workflow = std::move(*items_.workflow);
  workflow.params = items_.values;
  workflow.maps = items_.maps;
  workflow.files = sources_.bundle();
  workflow.main_file = main_file;
  name_paths(workflow);
  const std::vector<workflow::Fault> faults = workflow::lint(workflow);
  if (faults.empty()) return workflow;
  const workflow::Fault& fault = faults.front();
  // A criterion's message quotes it already, with its own caret.
  if (fault.message.find('\n') != std::string::npos)
    throw Error(Code::invalid_argument, fault.message, "", to_text(fault.where));
  throw error_at(sources_.at(fault.where, fault.word), fault.message);
}

void Script::name_paths(workflow::Workflow& workflow) {
  const auto name_children = [this](auto&& self, Node& parent, const std::string& phase) -> void {
    for (Node& child : parent.children) {
      child.path = child.kind == workflow::NodeKind::parallel ? phase : phase + "." + child.name;
      name_function(child);
      self(self, child, phase);
    }
  };
  for (Node& phase : workflow.phases) {
    phase.path = phase.name;
    name_children(name_children, phase, phase.name);
  }
}

void Script::name_function(Node& node) {
  if (!node.check) return;
  const int reference = std::stoi(node.check->id);
  node.check->id = node.path + "#check";
  functions_[node.check->id] = reference;
}

}  // namespace sluice::script
