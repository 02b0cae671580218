#include "script/lua_state.hpp"

#include <cstdlib>
#include <lua.hpp>

#include "base/error.hpp"
#include "base/units.hpp"

namespace sluice::script {
namespace {

constexpr int kHookInterval = 10'000;
constexpr int kCollectorPause = 400;  // percent of what is in use
// The address is the key; the value is never read.
char self_key = 0;

LuaState& self_of(lua_State* state) {
  lua_pushlightuserdata(state, &self_key);
  lua_rawget(state, LUA_REGISTRYINDEX);
  auto* self = static_cast<LuaState*>(lua_touserdata(state, -1));
  lua_pop(state, 1);
  return *self;
}

}  // namespace

LuaState::LuaState(void* owner, const Limits& limits) : limits_(limits), owner_(owner) {
  state_ = lua_newstate(allocate, this);
  // Builds without 64-bit garbage collection take no allocator of ours: then there is no cap.
  if (!state_) state_ = luaL_newstate();
  if (!state_) throw Error(Code::internal, "Lua: no memory for a state");
  lua_pushlightuserdata(state_, &self_key);
  lua_pushlightuserdata(state_, this);
  lua_rawset(state_, LUA_REGISTRYINDEX);
  luaJIT_setmode(state_, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  // Loads are short: less collecting, within the cap.
  lua_gc(state_, LUA_GCSETPAUSE, kCollectorPause);
  lua_sethook(state_, on_count, LUA_MASKCOUNT, kHookInterval);
  start_budget();
}

LuaState::~LuaState() { lua_close(state_); }

void* LuaState::owner_of(lua_State* state) { return self_of(state).owner_; }

void LuaState::start_budget() {
  instructions_ = 0;
  overrun_.clear();
  last_source_.clear();
  last_line_ = 0;
  is_out_of_memory_ = false;
  is_to_stop_ = false;
  started_ = std::chrono::steady_clock::now();
}

void LuaState::pause_budget() { paused_ = std::chrono::steady_clock::now(); }
void LuaState::resume_budget() { started_ += std::chrono::steady_clock::now() - paused_; }

void* LuaState::allocate(void* pointer, void* block, size_t old_size, size_t new_size) {
  auto& self = *static_cast<LuaState*>(pointer);
  const size_t before = block ? old_size : 0;
  if (new_size == 0) {
    std::free(block);
    self.used_ -= before;
    return nullptr;
  }
  if (new_size > before && self.is_to_stop_) {
    self.overrun_ = self.too_long();
    return nullptr;
  }
  if (new_size > before && self.used_ - before + new_size > self.limits_.memory) {
    self.is_out_of_memory_ = true;
    return nullptr;
  }
  void* moved = std::realloc(block, new_size);
  if (moved) self.used_ += new_size - before;
  return moved;
}

void LuaState::on_count(lua_State* state, lua_Debug* debug) {
  LuaState& self = self_of(state);
  self.note_place(debug);
  self.check_budget();
  if (!self.overrun_.empty()) luaL_error(state, "%s", self.overrun_.c_str());
}

void LuaState::note_place(lua_Debug* debug) {
  lua_getinfo(state_, "Sl", debug);
  if (debug->source[0] != '@') return;
  last_source_ = debug->source + 1;
  last_line_ = debug->currentline;
}

std::string LuaState::too_long() const {
  return "the script ran longer than " + duration_to_text(limits_.time) + "; is there a loop without an end?";
}

void LuaState::check_budget() {
  instructions_ += kHookInterval;
  if (instructions_ > limits_.instructions) {
    overrun_ = "the script ran more than " + count_to_text(limits_.instructions) +
               " instructions; is there a loop without an end?";
  } else if (std::chrono::steady_clock::now() - started_ > limits_.time) {
    overrun_ = too_long();
  }
}

}  // namespace sluice::script
