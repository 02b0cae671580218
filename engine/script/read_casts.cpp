#include "script/read_casts.hpp"

#include <algorithm>

#include "script/cast_calls.hpp"
#include "script/handles.hpp"
#include "script/read_value.hpp"

namespace sluice::script {
namespace {

constexpr const char* kExpected = "a cast such as cast.trim, or a list of casts";

catalog::CastCall read_cast(Script& script, int index, const ColumnEntry& entry, const Place& place) {
  const Handle* handle = find_handle(script.lua(), index, ItemKind::cast);
  if (handle == nullptr) throw unexpected(script, index, entry.label, kExpected, place);
  const catalog::CastCall& call = script.items().casts[handle->index];
  require_values(call, entry.label, place);
  return call;
}

std::vector<catalog::CastCall> read_casts(Script& script, int index, const ColumnEntry& entry) {
  if (lua_type(script.lua(), index) != LUA_TTABLE) return {read_cast(script, index, entry, entry.place)};
  const TableView list(script, index, entry.label, entry.place);
  list.require_no_fields("write { cast.trim, cast.null_if(\"\") }");
  if (list.size() == 0) throw error_at(entry.place, entry.label + ": expected " + kExpected + ", found an empty list");
  std::vector<catalog::CastCall> casts;
  for (size_t number = 1; number <= list.size(); ++number) {
    list.push(number);
    casts.push_back(read_cast(script, -1, entry, list.place(number)));
    lua_pop(script.lua(), 1);
  }
  return casts;
}

}  // namespace

bool is_casts_entry(Script& script, int index) {
  return lua_type(script.lua(), index) == LUA_TTABLE || find_handle(script.lua(), index) != nullptr;
}

void read_casts_entry(Script& script, int index, const ColumnEntry& entry, catalog::MapSpec& spec) {
  const auto is_same = [&](const auto& other) { return other.first == entry.pattern; };
  if (std::ranges::any_of(spec.casts, is_same))
    throw error_at(entry.place, entry.label + ": \"" + entry.pattern + "\" is given twice; delete one");
  spec.casts.emplace_back(entry.pattern, read_casts(script, index, entry));
}

}  // namespace sluice::script
