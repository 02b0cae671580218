#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

struct lua_Debug;
struct lua_State;

namespace sluice::script {

/// What a script may use up.
struct Limits {
  size_t memory = size_t{256} << 20;       ///< bytes, over the life of the state
  int64_t instructions = 200'000'000;      ///< per call
  std::chrono::milliseconds time{10'000};  ///< per call, without what the engine did for it
};

/// Owns a Lua state with the JIT off, an allocator with a cap, and a count hook that bounds instructions and time. One
/// thread at a time. A C function that never returns (a hostile pattern) can't be interrupted by the hook.
class LuaState {
 public:
  /// `owner` is handed back by owner_of. Throws Error(internal) when no state can be made.
  LuaState(void* owner, const Limits& limits);
  ~LuaState();
  LuaState(const LuaState&) = delete;
  LuaState& operator=(const LuaState&) = delete;

  lua_State* get() const { return state_; }
  static void* owner_of(lua_State* state);

  /// Starts the budget for one call.
  void start_budget();
  void set_limits(const Limits& limits) { limits_ = limits; }
  /// Time that the engine spends inside a call on the script's behalf doesn't count.
  void pause_budget();
  void resume_budget();
  const std::string& overrun() const { return overrun_; }
  /// From another thread: the call that runs fails as soon as it takes memory. Compiled loops call no hook, but few go on for
  /// long without memory. Until the next start_budget.
  void stop_soon() { is_to_stop_ = true; }
  /// When nothing is left to be stopped.
  void go_on() { is_to_stop_ = false; }
  /// Where the script was when the hook last looked; line 0 when it hasn't.
  const std::string& last_source() const { return last_source_; }
  int last_line() const { return last_line_; }
  /// Whether the cap on memory was hit.
  bool is_out_of_memory() const { return is_out_of_memory_; }

 private:
  static void* allocate(void* self, void* block, size_t old_size, size_t new_size);
  static void on_count(lua_State* state, lua_Debug* debug);
  void note_place(lua_Debug* debug);
  void check_budget();
  std::string too_long() const;

  Limits limits_;
  lua_State* state_ = nullptr;
  void* owner_ = nullptr;
  size_t used_ = 0;
  bool is_out_of_memory_ = false;
  std::atomic<bool> is_to_stop_ = false;
  int64_t instructions_ = 0;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point paused_;
  std::string last_source_;
  int last_line_ = 0;
  std::string overrun_;  ///< what was used up, for the message
};

}  // namespace sluice::script
