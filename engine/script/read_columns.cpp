#include "script/read_columns.hpp"

#include <algorithm>

#include "base/nearest.hpp"
#include "script/cast_calls.hpp"
#include "script/handles.hpp"
#include "script/read_value.hpp"

namespace sluice::script {
namespace {

using workflow::FieldSpec;
using workflow::FieldType;
using workflow::Word;

constexpr const char* kColumns = "columns";
constexpr const char* kExpected = "a cast such as cast.trim, or a list of casts";

bool is_field(const Word& word, const std::string& name) { return word.find_field(name) != nullptr; }

/// Leaves the stack as it was.
bool is_table(Script& script, const TableView& table, const std::string& name) {
  table.push(name);
  const bool found = lua_type(script.lua(), -1) == LUA_TTABLE;
  lua_pop(script.lua(), 1);
  return found;
}

bool has_columns(Script& script, const TableView& map, const std::string& name) {
  if (!is_table(script, map, name)) return false;
  map.push(name);
  const TableView block(script, -1, map.label() + ": " + name, map.place(name));
  const bool has = std::ranges::count(block.names(), kColumns) > 0;
  lua_pop(script.lua(), 1);
  return has;
}

std::vector<std::string> names_of(const Word& word) {
  std::vector<std::string> names;
  for (const FieldSpec& field : word.fields) names.push_back(field.name);
  return names;
}

/// A table that says what its columns become is a block; whatever else looks like a field is a field mistyped.
void require_block(Script& script, const TableView& map, const Word& word, const std::string& name) {
  if (has_columns(script, map, name)) return;
  const bool looks_like_field = !nearest(name, names_of(word)).empty();
  if (is_table(script, map, name) && !looks_like_field) return;
  throw error_at(map.place(name),
                 map.label() + " has no field \"" + name + "\"" + suggest(name, names_of(word)) +
                     (looks_like_field ? "" : "; of a table it says: " + name + " = { columns = { ... } }"));
}

void read_entries(Script& script, const TableView& columns, const std::string& table, catalog::MapSpec& spec) {
  columns.require_no_list(table.empty() ? "write { [\"table.column\"] = cast.trim }" : "write { column = cast.trim }");
  for (const std::string& name : columns.names()) {
    const ColumnEntry entry{.pattern = table.empty() ? name : table + "." + name,
                            .label = columns.label() + "[\"" + name + "\"]",
                            .place = columns.place(name)};
    if (entry.pattern.find('.') == std::string::npos)
      throw error_at(entry.place,
                     entry.label + ": expected \"table.column\"; write \"*." + name + "\" for every table");
    columns.push(name);
    read_column_entry(script, -1, entry, spec);
    lua_pop(script.lua(), 1);
  }
}

/// The field `columns` of a map, or of a block that is called `table`.
void read_field(Script& script, const TableView& owner, const std::string& table, catalog::MapSpec& spec) {
  if (std::ranges::count(owner.names(), kColumns) == 0) return;
  const std::string label = owner.label() + ": " + kColumns;
  owner.push(kColumns);
  if (lua_type(script.lua(), -1) != LUA_TTABLE)
    throw unexpected(script, -1, label, "a table { ... }", owner.place(kColumns));
  read_entries(script, TableView(script, -1, label, owner.place(kColumns)), table, spec);
  lua_pop(script.lua(), 1);
}

void read_block(Script& script, const TableView& map, const std::string& table, catalog::MapSpec& spec) {
  map.push(table);
  const TableView block(script, -1, map.label() + ": " + table, map.place(table));
  block.require_no_list("write { columns = { ... } }");
  if (block.names().empty())
    throw error_at(map.place(table), block.label() + " says nothing; write " + table + " = { columns = { ... } }");
  block.require_known({{.name = kColumns, .type = FieldType::columns}});
  read_field(script, block, table, spec);
  lua_pop(script.lua(), 1);
}

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

std::vector<FieldSpec> fields_with_blocks(Script& script, const TableView& map, const Word& word) {
  std::vector<FieldSpec> fields = word.fields;
  for (const std::string& name : map.names()) {
    if (is_field(word, name)) continue;
    require_block(script, map, word, name);
    fields.push_back({.name = name, .type = FieldType::columns});
  }
  return fields;
}

void read_columns(Script& script, const TableView& map, const Word& word, catalog::MapSpec& spec) {
  read_field(script, map, "", spec);
  for (const std::string& name : map.names()) {
    if (!is_field(word, name)) read_block(script, map, name, spec);
  }
}

void read_column_entry(Script& script, int index, const ColumnEntry& entry, catalog::MapSpec& spec) {
  const auto is_same = [&](const auto& other) { return other.first == entry.pattern; };
  if (std::ranges::any_of(spec.casts, is_same))
    throw error_at(entry.place, entry.label + ": \"" + entry.pattern + "\" is given twice; delete one");
  spec.casts.emplace_back(entry.pattern, read_casts(script, index, entry));
}

}  // namespace sluice::script
