#include "script/read_transforms.hpp"

#include <algorithm>
#include <utility>

#include "arrow/type.hpp"
#include "base/nearest.hpp"
#include "script/read_casts.hpp"
#include "script/function_digest.hpp"
#include "script/read_value.hpp"

namespace sluice::script {
namespace {

using catalog::TableBlock;
using catalog::TransformRef;
using workflow::FieldSpec;

constexpr const char* kColumns = "columns";
constexpr const char* kBlocks = "*";

std::vector<std::string> names_of(const std::vector<FieldSpec>& fields) {
  std::vector<std::string> names;
  for (const FieldSpec& field : fields) {
    if (field.name != kBlocks) names.push_back(field.name);
  }
  return names;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

const FieldSpec& block_field(const workflow::Word& word) { return *word.find_field(kBlocks); }

/// The value on top of the stack, kept for the worker that will call it.
TransformRef keep(Script& script, const std::string& id, const Place& place) {
  std::string digest = digest_of(script);
  lua_pushvalue(script.lua(), -1);
  script.keep_value(transform_key(script.items().maps.size(), id));
  return {id, to_text(place.location()), std::move(digest)};
}

bool is_constant(lua_State* state) {
  const int type = lua_type(state, -1);
  return type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TBOOLEAN;
}

TransformRef read_value_or_function(Script& script, const std::string& id, const std::string& function,
                                    const Place& place) {
  const bool is_function = lua_type(script.lua(), -1) == LUA_TFUNCTION;
  if (!is_function && !is_constant(script.lua())) {
    throw unexpected(script, -1, "map: " + id, function + " or a constant (a text, a number, true or false)", place);
  }
  return keep(script, id, place);
}

TransformRef read_function(Script& script, const std::string& id, const Place& place) {
  if (lua_type(script.lua(), -1) != LUA_TFUNCTION) throw unexpected(script, -1, "map: " + id, "function(row)", place);
  return keep(script, id, place);
}

/// A field of the table below that holds a table: calls `read(view)` with it.
template <typename Read>
void with_table(Script& script, const TableView& parent, const std::string& name, const std::string& label,
                const Read& read) {
  parent.push(name);
  const Place place = parent.place(name);
  if (lua_type(script.lua(), -1) != LUA_TTABLE) throw unexpected(script, -1, label, "a table { name = ... }", place);
  const TableView view(script, -1, label, place);
  view.require_no_list("write { name = ... }");
  read(view);
  lua_pop(script.lua(), 1);
}

void read_block_columns(Script& script, const TableView& columns, const TableBlock& block, catalog::MapSpec& out) {
  for (const std::string& name : columns.names()) {
    columns.push(name);
    read_column_entry(script, block.table + "." + name, block.table + ".columns." + name, true, columns.place(name),
                      out);
    lua_pop(script.lua(), 1);
  }
}

const std::vector<FieldSpec>& added_fields() {
  static const std::vector<FieldSpec> fields = {{.name = "type", .help = "The column's type."},
                                                {.name = "value", .help = "function(row), or a constant."},
                                                {.name = "nullable", .help = "Whether it may be NULL."}};
  return fields;
}

std::string read_type(Script& script, const TableView& entry) {
  const std::string label = entry.label() + ": type";
  entry.push("type");
  if (lua_isnil(script.lua(), -1))
    throw error_at(entry.place(), entry.label() + " needs type, such as type = \"numeric(12,2)\"");
  std::string type = read_text(script, -1, label, entry.place("type"));
  lua_pop(script.lua(), 1);
  try {
    arrow::type_from_text(type);
  } catch (const Error& error) {
    throw error_at(entry.place("type"),
                   label + ": " + error.message() + (error.hint().empty() ? "" : "; " + error.hint()));
  }
  return type;
}

catalog::AddedColumn read_added(Script& script, const TableView& entry, const std::string& name,
                                const std::string& id) {
  entry.require_known(added_fields());
  catalog::AddedColumn added;
  added.name = name;
  added.type = read_type(script, entry);
  entry.push("value");
  if (lua_isnil(script.lua(), -1))
    throw error_at(entry.place(), entry.label() + " needs value, a function(row) or a constant");
  added.value = read_value_or_function(script, id, "function(row)", entry.place("value"));
  lua_pop(script.lua(), 1);
  entry.push("nullable");
  if (!lua_isnil(script.lua(), -1)) {
    if (lua_type(script.lua(), -1) != LUA_TBOOLEAN) {
      throw unexpected(script, -1, entry.label() + ": nullable", "true or false", entry.place("nullable"));
    }
    added.nullable = lua_toboolean(script.lua(), -1) != 0;
  }
  lua_pop(script.lua(), 1);
  return added;
}

void read_block_field(Script& script, const TableView& view, const std::string& field, TableBlock& block, catalog::MapSpec& out) {
  const std::string id = block.table + "." + field;
  const std::string label = "map: " + id;
  if (field == kColumns) {
    return with_table(script, view, field, label,
                      [&](const TableView& columns) { read_block_columns(script, columns, block, out); });
  }
  if (field == "add") {
    return with_table(script, view, field, label, [&](const TableView& entries) {
      for (const std::string& name : entries.names()) {
        const std::string entry_id = id + "." + name;
        with_table(script, entries, name, "map: " + entry_id,
                   [&](const TableView& entry) { block.added.push_back(read_added(script, entry, name, entry_id)); });
      }
    });
  }
  view.push(field);
  if (field == "reads") {
    block.reads = read_text_list(script, -1, label, view.place(field));
  } else {
    (field == "row" ? block.row : block.filter) = read_function(script, id, view.place(field));
  }
  lua_pop(script.lua(), 1);
}

void read_block(Script& script, const TableView& map, const std::string& table, const workflow::Word& word, catalog::MapSpec& out) {
  with_table(script, map, table, "map: " + table, [&](const TableView& view) {
    view.require_known(block_field(word).nested);
    TableBlock block;
    block.table = table;
    block.where = to_text(map.place(table).location());
    for (const std::string& field : view.names()) read_block_field(script, view, field, block, out);
    out.transforms.blocks.push_back(std::move(block));
  });
}

/// A mistyped field of the map must not pass for a table: a block is a table that has a field of blocks, or whose name
/// is like none of the map's fields.
void require_block(Script& script, const TableView& map, const std::string& name, const workflow::Word& word) {
  const std::vector<std::string> known = names_of(word.fields);
  const std::string block_hint = nearest(name, known).empty() ? "; of a table it says: " + name + " = { columns = { ... } }" : "";
  const auto refuse = [&] { throw error_at(map.place(name), "map has no field \"" + name + "\"" + suggest(name, known) + block_hint); };
  map.push(name);
  if (lua_type(script.lua(), -1) != LUA_TTABLE) refuse();
  const TableView view(script, -1, "map: " + name, map.place(name));
  const std::vector<std::string> fields = names_of(block_field(word).nested);
  const bool has_field =
      std::ranges::any_of(view.names(), [&](const std::string& field) { return contains(fields, field); });
  if (!has_field && (view.size() > 0 || !nearest(name, known).empty())) refuse();
  if (!has_field && view.names().empty()) {
    throw error_at(map.place(name), "map: " + name + " says nothing; write " + name +
                                        " = { columns = ... }, with one of: columns, add, filter, row");
  }
  lua_pop(script.lua(), 1);
}

}  // namespace

std::string transform_key(size_t map, const std::string& id) { return std::to_string(map) + ":" + id; }

std::vector<FieldSpec> plain_map_fields(const workflow::Word& map) {
  std::vector<FieldSpec> fields = map.fields;
  std::erase_if(fields, [](const FieldSpec& field) { return field.name == kColumns; });
  return fields;
}

void read_column_entry(Script& script, const std::string& pattern, const std::string& id, bool is_exact, const Place& place,
                       catalog::MapSpec& out) {
  if (is_casts_entry(script, -1)) return read_casts_entry(script, -1, {pattern, "map: " + id, place}, out);
  out.transforms.columns.push_back({pattern, read_value_or_function(script, id, "a cast, a function(v, row)", place), is_exact});
}

void read_transforms(Script& script, const TableView& map, const workflow::Word& word, catalog::MapSpec& out) {
  const std::vector<std::string> known = names_of(word.fields);
  for (const std::string& name : map.names()) {
    if (contains(known, name)) continue;
    require_block(script, map, name, word);
    read_block(script, map, name, word, out);
  }
  if (!contains(map.names(), kColumns)) return;
  with_table(script, map, kColumns, "map: columns", [&](const TableView& columns) {
    for (const std::string& pattern : columns.names()) {
      const std::string id = "columns[\"" + pattern + "\"]";
      if (pattern.find('.') == std::string::npos) {
        throw error_at(columns.place(pattern),
                       "map: " + id + ": expected \"table.column\"; write \"*." + pattern + "\" for every table");
      }
      columns.push(pattern);
      read_column_entry(script, pattern, id, false, columns.place(pattern), out);
      lua_pop(script.lua(), 1);
    }
  });
}

}  // namespace sluice::script
