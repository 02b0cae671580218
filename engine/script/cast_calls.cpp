#include "script/cast_calls.hpp"

#include <utility>

#include "script/handles.hpp"
#include "script/read_value.hpp"

namespace sluice::script {
namespace {

std::string label_of(const std::string& name) { return "cast." + name; }

void push_call(Script& script, catalog::CastCall call) {
  script.items().casts.push_back(std::move(call));
  push_handle(script.lua(), {ItemKind::cast, static_cast<uint32_t>(script.items().casts.size() - 1)});
}

/// Texts, numbers and truths as the text that a store prints for them.
std::string read_argument(Script& script, int index, const std::string& label, const Place& place) {
  lua_State* state = script.lua();
  if (lua_type(state, index) == LUA_TNUMBER) return number_to_text(lua_tonumber(state, index));
  if (lua_type(state, index) != LUA_TSTRING) throw unexpected(script, index, label, "texts or numbers", place);
  return read_text(script, index, label, place);
}

std::string counted(size_t least, size_t most) {
  if (most == 0) return "no values";
  if (least == most) return std::to_string(most) + (most == 1 ? " value" : " values");
  return "at most " + std::to_string(most) + (most == 1 ? " value" : " values");
}

void check_marks(const catalog::CastCall& call, const Place& place) {
  for (const std::string& mark : call.values) {
    const bool is_digit_or_sign = mark.find_first_of("0123456789+-eE") != std::string::npos;
    if (mark.size() != 1 || is_digit_or_sign)
      throw error_at(place, label_of(call.name) + ": expected a decimal mark such as \",\", found \"" + mark + "\"");
  }
  if (call.values.size() == 2 && call.values[0] == call.values[1])
    throw error_at(place, label_of(call.name) + ": both marks are \"" + call.values[0] + "\"");
}

}  // namespace

void push_cast(Script& script, const std::string& name) { push_call(script, {.name = name, .values = {}}); }

int call_cast(Script& script, lua_State* state) {
  catalog::CastCall call{.name = script.items().casts[find_handle(state, 1)->index].name, .values = {}};
  const Place place = script.current_place(call.name);
  const std::string label = label_of(call.name);
  const catalog::CastWord& word = *catalog::find_cast_word(call.name);
  for (int index = 2; index <= lua_gettop(state); ++index)
    call.values.push_back(read_argument(script, index, label, place));
  if (call.values.size() > word.most_values || call.values.size() < word.least_values) {
    throw error_at(place, label + ": expected " +
                              (call.values.empty() ? "a value" : counted(word.least_values, word.most_values)) +
                              ", found " + std::to_string(call.values.size()));
  }
  if (call.name == "number") check_marks(call, place);
  push_call(script, std::move(call));
  return 1;
}

void require_values(const catalog::CastCall& call, const std::string& label, const Place& place) {
  if (call.values.size() >= catalog::find_cast_word(call.name)->least_values) return;
  throw error_at(place, label + ": " + label_of(call.name) + " needs a value: " + label_of(call.name) + "(\"...\")");
}

}  // namespace sluice::script
