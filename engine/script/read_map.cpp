#include <utility>

#include "arrow/type.hpp"
#include "script/handles.hpp"
#include "script/read_transforms.hpp"
#include "script/read_value.hpp"
#include "script/word_calls.hpp"

namespace sluice::script {
namespace {

using workflow::Value;
using TextPairs = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> to_texts(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& item : list.as_list()) texts.push_back(item.as_text());
  return texts;
}

/// The place of one entry inside a field of the table on the stack.
Place place_inside(Script& script, const TableView& table, const std::string& field, const std::string& entry) {
  table.push(field);
  const Place place = TableView(script, -1, field, table.place(field)).place(entry);
  lua_pop(script.lua(), 1);
  return place;
}

/// Field `types` or `by_type`: patterns to types that exist.
TextPairs read_types(Script& script, const TableView& table, const std::string& field, const Value& types) {
  TextPairs pairs;
  for (const auto& [pattern, type] : types.as_object()) {
    const std::string label = "map: " + field + "[\"" + pattern + "\"]";
    const auto place = [&] { return place_inside(script, table, field, pattern); };
    if (!type.as<std::string>()) throw error_at(place(), label + ": expected a type such as \"numeric(12,2)\"");
    try {
      arrow::type_from_text(type.as_text());
    } catch (const Error& error) {
      throw error_at(place(), label + ": " + error.message() + (error.hint().empty() ? "" : "; " + error.hint()));
    }
    pairs.emplace_back(pattern, type.as_text());
  }
  return pairs;
}

void require_columns(Script& script, const TableView& table, const TextPairs& types) {
  for (const auto& [pattern, type] : types) {
    if (pattern.find('.') != std::string::npos) continue;
    throw error_at(place_inside(script, table, "types", pattern),
                   "map: types[\"" + pattern + "\"]: expected \"table.column\"; write \"*." + pattern +
                       "\" for every table, or by_type for a type of the source");
  }
}

TextPairs read_texts(Script& script, const TableView& table, const std::string& field, const Value& entries) {
  TextPairs texts;
  for (const auto& [name, text] : entries.as_object()) {
    if (!text.as<std::string>() || text.as_text().empty()) {
      throw error_at(place_inside(script, table, field, name), "map: " + field + "[\"" + name + "\"]: expected a text");
    }
    texts.emplace_back(name, text.as_text());
  }
  return texts;
}

catalog::NamePolicy policy_from_text(const std::string& text) {
  if (text == "lower") return catalog::NamePolicy::lower;
  return text == "snake_case" ? catalog::NamePolicy::snake_case : catalog::NamePolicy::keep;
}

void read_names(Script& script, const TableView& table, const Value::Object& fields, catalog::MapSpec& map) {
  if (const Value* exist = find_field(fields, "tables_exist")) map.tables_exist = exist->as_boolean();
  if (const Value* names = find_field(fields, "names")) map.names = policy_from_text(names->as_text());
  if (const Value* renames = find_field(fields, "rename")) map.renames = read_texts(script, table, "rename", *renames);
  if (const Value* where = find_field(fields, "where")) map.conditions = read_texts(script, table, "where", *where);
  const Value* omit = find_field(fields, "omit");
  if (omit == nullptr) return;
  map.omitted = to_texts(*omit);
  for (const std::string& pattern : map.omitted) {
    if (pattern.find('.') == std::string::npos) {
      throw error_at(table.place("omit"), "map: omit: \"" + pattern + "\": expected \"table.column\"; write \"*." +
                                              pattern + "\" for every table");
    }
  }
}

void read_tables(const Value& tables, catalog::MapSpec& map) {
  if (const Value* include = find_field(tables.as_object(), "")) map.include = to_texts(*include);
  if (const Value* except = find_field(tables.as_object(), "except")) map.except = to_texts(*except);
}

}  // namespace

int call_map(Script& script, lua_State* state) {
  const workflow::Word& word = word_of(state);
  const Place place = place_of_call(script, word);
  require_table_argument(script, state, 1, "map", place);
  const TableView table(script, 1, "map", place);
  catalog::MapSpec map;
  read_transforms(script, table, word, map);
  const Value::Object fields = read_fields(script, table, plain_map_fields(word));
  map.from = fields.at("from").as_text();
  map.to = fields.at("to").as_text();
  map.where = to_text(place.location());
  if (const Value* types = find_field(fields, "types")) {
    map.types = read_types(script, table, "types", *types);
    require_columns(script, table, map.types);
  }
  if (const Value* types = find_field(fields, "by_type")) map.types_by_source = read_types(script, table, "by_type", *types);
  if (const Value* tables = find_field(fields, "tables")) {
    // An empty list, perhaps a computed one, must not silently mean every table.
    if (tables->as_object().empty())
      throw error_at(table.place("tables"),
                     "map: tables = {} selects nothing; write { \"*\" } or patterns, or leave it away");
    read_tables(*tables, map);
  }
  if (const Value* views = find_field(fields, "views")) map.views = to_texts(*views);
  read_names(script, table, fields, map);
  script.items().maps.push_back(std::move(map));
  push_handle(state, {ItemKind::map, static_cast<uint32_t>(script.items().maps.size() - 1)});
  return 1;
}

}  // namespace sluice::script
