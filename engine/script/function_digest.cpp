#include "script/function_digest.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "base/sha256.hpp"
#include "script/read_value.hpp"

namespace sluice::script {
namespace {

/// Deeper nesting than people write; what lies below counts as equal.
constexpr int kDeepest = 40;

/// Walks over a value and writes down what it depends on. Used once.
class Walk {
 public:
  explicit Walk(Script& script) : script_(script), state_(script.lua()) {}

  std::string finish() const { return sha256_hex(text_); }

  /// The value on top of the stack, which stays.
  void visit(int depth) {
    luaL_checkstack(state_, 8, "values nest too deep");
    const int type = lua_type(state_, -1);
    add(lua_typename(state_, type));
    switch (type) {
      case LUA_TNUMBER: return add(number_to_text(lua_tonumber(state_, -1)));
      case LUA_TBOOLEAN: return add(lua_toboolean(state_, -1) != 0 ? "true" : "false");
      case LUA_TSTRING: return add(text_at(-1));
      case LUA_TFUNCTION:
      case LUA_TTABLE: break;
      default: return;
    }
    // A cycle, or something that two functions share, is written down once.
    const auto [known, is_new] = seen_.emplace(lua_topointer(state_, -1), seen_.size());
    add(std::to_string(known->second));
    if (!is_new || depth >= kDeepest) return;
    type == LUA_TFUNCTION ? visit_function(depth) : visit_table(depth);
  }

 private:
  /// A length before each part, so that no two lists of parts are one text.
  void add(const std::string& part) { text_ += std::to_string(part.size()) + ":" + part; }

  std::string text_at(int index) const {
    size_t size = 0;
    const char* text = lua_tolstring(state_, index, &size);
    return {text, size};
  }

  void add_lines(const lua_Debug& info) {
    const SourceFile* file = info.source[0] == '@' ? script_.sources().find(info.source + 1) : nullptr;
    if (file == nullptr) return;
    int line = 1;
    for (size_t begin = 0; begin < file->text.size() && line <= info.lastlinedefined; ++line) {
      const size_t end = std::min(file->text.find('\n', begin), file->text.size());
      if (line >= info.linedefined) add(file->text.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  void visit_function(int depth) {
    lua_Debug info;
    lua_pushvalue(state_, -1);
    lua_getinfo(state_, ">S", &info);
    add_lines(info);
    for (int i = 1; lua_getupvalue(state_, -1, i) != nullptr; ++i) {
      visit(depth + 1);
      lua_pop(state_, 1);
    }
  }

  void visit_table(int depth) {
    std::vector<std::string> names;
    std::vector<double> numbers;
    lua_pushnil(state_);
    while (lua_next(state_, -2) != 0) {
      lua_pop(state_, 1);
      if (lua_type(state_, -1) == LUA_TSTRING) names.push_back(text_at(-1));
      if (lua_type(state_, -1) == LUA_TNUMBER) numbers.push_back(lua_tonumber(state_, -1));
    }
    std::ranges::sort(names);
    std::ranges::sort(numbers);
    for (const std::string& name : names) {
      add(name);
      lua_pushlstring(state_, name.data(), name.size());
      visit_entry(depth);
    }
    for (const double number : numbers) {
      add(number_to_text(number));
      lua_pushnumber(state_, number);
      visit_entry(depth);
    }
    if (lua_getmetatable(state_, -1) == 0) return;
    visit(depth + 1);
    lua_pop(state_, 1);
  }

  /// Takes the key off the stack.
  void visit_entry(int depth) {
    lua_rawget(state_, -2);
    visit(depth + 1);
    lua_pop(state_, 1);
  }

  Script& script_;
  lua_State* state_;
  std::map<const void*, size_t> seen_;
  std::string text_;
};

}  // namespace

std::string digest_of(Script& script) {
  Walk walk(script);
  walk.visit(0);
  return walk.finish();
}

}  // namespace sluice::script
