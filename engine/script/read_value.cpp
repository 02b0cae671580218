#include "script/read_value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/units.hpp"
#include "base/utf8.hpp"
#include "script/handles.hpp"

namespace sluice::script {
namespace {

using workflow::FieldSpec;
using workflow::FieldType;
using workflow::Value;

// 2^53: from there on one double stands for several integers.
constexpr double kWholeLimit = 9007199254740992.0;

Value read_choice(Script& script, int index, const FieldSpec& field, const std::string& label, const Place& place) {
  std::string text = read_text(script, index, label, place);
  const bool is_known =
      field.choices.empty() || std::find(field.choices.begin(), field.choices.end(), text) != field.choices.end();
  if (is_known) return {std::move(text)};
  std::string choices;
  for (const std::string& choice : field.choices) choices += (choices.empty() ? "\"" : " or \"") + choice + "\"";
  throw error_at(place, label + ": expected " + choices + ", found \"" + text + "\"");
}

Value read_integer(Script& script, int index, const FieldSpec& field, const std::string& label, const Place& place) {
  const bool is_number = lua_type(script.lua(), index) == LUA_TNUMBER;
  const auto whole = is_number ? to_whole(lua_tonumber(script.lua(), index)) : std::nullopt;
  if (!whole) throw unexpected(script, index, label, "a whole number", place);
  const bool is_too_small = field.minimum && *whole < *field.minimum;
  const bool is_too_large = field.maximum && *whole > *field.maximum;
  if (is_too_small || is_too_large) {
    throw error_at(place, label + ": expected " +
                              (is_too_small ? "at least " + count_to_text(*field.minimum)
                                            : "at most " + count_to_text(*field.maximum)) +
                              ", found " + count_to_text(*whole));
  }
  return {*whole};
}

Value read_checked_text(Script& script, int index, const FieldSpec& field, const std::string& label,
                        const Place& place) {
  const std::string expected = std::string("a ") + workflow::to_text(field.type);
  if (lua_type(script.lua(), index) != LUA_TSTRING) throw unexpected(script, index, label, expected, place);
  std::string text = read_text(script, index, label, place);
  const bool is_duration = field.type == FieldType::duration;
  const bool is_valid = is_duration ? duration_from_text(text).has_value() : size_from_text(text).has_value();
  if (!is_valid) throw unexpected(script, index, label, expected, place);
  return {std::move(text)};
}

std::optional<Value> read_secret(Script& script, int index) {
  const Handle* handle = find_handle(script.lua(), index, ItemKind::secret);
  if (!handle) return std::nullopt;
  return Value{workflow::SecretRef{script.items().secrets[handle->index]}};
}

/// A text, a number as text, or a secret.
Value read_loose_text(Script& script, int index, const std::string& label, const Place& place) {
  if (auto secret = read_secret(script, index)) return std::move(*secret);
  if (lua_type(script.lua(), index) == LUA_TNUMBER) return {number_to_text(lua_tonumber(script.lua(), index))};
  if (lua_type(script.lua(), index) != LUA_TSTRING)
    throw unexpected(script, index, label, "a text, a number or a secret", place);
  return {read_text(script, index, label, place)};
}

Value read_any(Script& script, int index, const std::string& label, const Place& place) {
  lua_State* state = script.lua();
  if (lua_type(state, index) == LUA_TBOOLEAN) return {std::string(lua_toboolean(state, index) != 0 ? "true" : "false")};
  return read_loose_text(script, index, label, place);
}

Value read_table(Script& script, int index, const std::string& label, const Place& place) {
  if (lua_type(script.lua(), index) != LUA_TTABLE)
    throw unexpected(script, index, label, "a table { name = \"text\" }", place);
  const TableView table(script, index, label, place);
  table.require_no_list("write { name = \"text\" }");
  Value::Object fields;
  for (const std::string& name : table.names()) {
    table.push(name);
    fields[name] = read_loose_text(script, -1, label + "." + name, table.place(name));
    lua_pop(script.lua(), 1);
  }
  return {std::move(fields)};
}

Value read_list(Script& script, int index, const std::string& label, const Place& place) {
  Value::List list;
  for (std::string& text : read_text_list(script, index, label, place)) list.push_back({std::move(text)});
  return {std::move(list)};
}

Value read_settings(Script& script, int index, const FieldSpec& field, const std::string& label, const Place& place) {
  if (lua_type(script.lua(), index) != LUA_TTABLE) throw unexpected(script, index, label, "a table { ... }", place);
  return {read_fields(script, TableView(script, index, label, place), field.nested)};
}

Value read_map(Script& script, int index, const std::string& label, const Place& place) {
  const Handle* handle = find_handle(script.lua(), index, ItemKind::map);
  if (!handle) throw unexpected(script, index, label, "map { ... }", place);
  return {workflow::MapRef{handle->index}};
}

Value default_of(const FieldSpec& field) {
  if (field.type == FieldType::integer) return {int64_t{std::stoll(field.fallback)}};
  if (field.type == FieldType::boolean) return {field.fallback == "true"};
  return {field.fallback};
}

/// The positional entries as the field that they stand for.
void read_positional(Script& script, const TableView& table, const FieldSpec& field, Value::Object& out) {
  lua_State* state = script.lua();
  const std::string label = table.label() + (field.name.empty() ? "" : ": " + field.name);
  if (out.count(field.name) > 0)
    throw error_at(table.place(1), label + " is given twice, as a field and as an entry; delete one");
  Value::List list;
  for (size_t number = 1; number <= table.size(); ++number) {
    table.push(number);
    const bool is_list = field.type == FieldType::list;
    const FieldSpec element{
        .name = field.name, .type = is_list ? FieldType::text : field.type, .choices = field.choices};
    const bool is_number = is_list && lua_type(state, -1) == LUA_TNUMBER;
    Value value = is_number ? read_loose_text(script, -1, label, table.place(number))
                            : read_value(script, -1, element, label, table.place(number));
    lua_pop(state, 1);
    list.push_back(std::move(value));
  }
  if (field.type == FieldType::list) {
    out[field.name] = {std::move(list)};
  } else if (list.size() > 1) {
    throw error_at(table.place(2), label + ": expected one " + workflow::to_text(field.type) + ", found " +
                                       std::to_string(list.size()));
  } else {
    out[field.name] = std::move(list.front());
  }
}

std::string joined_label(const TableView& table, const FieldSpec& field) { return table.label() + ": " + field.name; }

}  // namespace

bool is_name(const std::string& text) {
  const auto is_part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::all_of(text.begin(), text.end(), is_part);
}

void require_name(const std::string& name, const std::string& label, const Place& place) {
  if (is_name(name)) return;
  throw error_at(place, label + ": \"" + name +
                            "\" is no name; names are lower case letters, digits and _, and don't begin with a digit" +
                            " (title = \"...\" takes any text)");
}

std::optional<int64_t> to_whole(double number) {
  if (!(std::fabs(number) < kWholeLimit) || number != std::floor(number)) return std::nullopt;
  return static_cast<int64_t>(number);
}

std::string number_to_text(double number) {
  if (const auto whole = to_whole(number)) return std::to_string(*whole);
  char text[64];
  const auto [end, fault] = std::to_chars(text, text + sizeof text, number);
  return fault == std::errc() ? std::string(text, end) : "nan";
}

Error unexpected(Script& script, int index, const std::string& label, const std::string& expected, const Place& place) {
  const Handle* pending = find_handle(script.lua(), index, ItemKind::pending);
  const std::string found = pending ? describe_item(script.items(), *pending) : describe_value(script, index);
  const bool is_false = lua_type(script.lua(), index) == LUA_TBOOLEAN && lua_toboolean(script.lua(), index) == 0;
  const bool is_nodes = expected.find("step") != std::string::npos;
  std::string remedy = is_false && is_nodes ? "; write when(condition, node) instead of condition and node" : "";
  if (find_handle(script.lua(), index, ItemKind::secret))
    remedy = "; a secret goes where one is taken: a store's options, env of exec";
  return error_at(place, label + ": expected " + expected + ", found " + found + remedy);
}

std::string read_text(Script& script, int index, const std::string& label, const Place& place) {
  lua_State* state = script.lua();
  if (lua_type(state, index) != LUA_TSTRING) throw unexpected(script, index, label, "a text", place);
  size_t size = 0;
  const char* bytes = lua_tolstring(state, index, &size);
  std::string text(bytes, size);
  if (text.find('\0') != std::string::npos) throw error_at(place, label + ": the text holds a NUL byte");
  if (utf8_valid_prefix(text) != text.size()) throw error_at(place, label + ": the text is not valid UTF-8");
  return text;
}

std::vector<std::string> read_text_list(Script& script, int index, const std::string& label, const Place& place) {
  lua_State* state = script.lua();
  if (lua_type(state, index) != LUA_TTABLE) throw unexpected(script, index, label, "a list { \"...\" }", place);
  const TableView table(script, index, label, place);
  table.require_no_fields("write { \"...\", \"...\" }");
  std::vector<std::string> texts;
  for (size_t number = 1; number <= table.size(); ++number) {
    table.push(number);
    const bool is_number = lua_type(state, -1) == LUA_TNUMBER;
    texts.push_back(is_number ? number_to_text(lua_tonumber(state, -1))
                              : read_text(script, -1, label, table.place(number)));
    lua_pop(state, 1);
  }
  return texts;
}

Value read_value(Script& script, int index, const FieldSpec& field, const std::string& label, const Place& place) {
  lua_State* state = script.lua();
  switch (field.type) {
    case FieldType::text:
    case FieldType::store:
    case FieldType::criterion:
    case FieldType::node: return read_choice(script, index, field, label, place);
    case FieldType::boolean:
      if (lua_type(state, index) != LUA_TBOOLEAN) throw unexpected(script, index, label, "true or false", place);
      return {lua_toboolean(state, index) != 0};
    case FieldType::integer: return read_integer(script, index, field, label, place);
    case FieldType::number:
      if (lua_type(state, index) != LUA_TNUMBER) throw unexpected(script, index, label, "a number", place);
      return {static_cast<double>(lua_tonumber(state, index))};
    case FieldType::duration:
    case FieldType::size: return read_checked_text(script, index, field, label, place);
    case FieldType::list:
    case FieldType::phases: return read_list(script, index, label, place);
    case FieldType::table: return read_table(script, index, label, place);
    case FieldType::map: return read_map(script, index, label, place);
    case FieldType::secret:
      if (auto secret = read_secret(script, index)) return std::move(*secret);
      return {read_text(script, index, label, place)};
    case FieldType::any: return read_any(script, index, label, place);
    case FieldType::settings: return read_settings(script, index, field, label, place);
    default: break;
  }
  throw Error(Code::internal, label + ": no plain value");
}

Value::Object read_fields(Script& script, const TableView& table, const std::vector<FieldSpec>& fields) {
  table.require_known(fields);
  Value::Object out;
  const FieldSpec* positional = nullptr;
  for (const FieldSpec& field : fields) {
    if (field.is_positional) positional = &field;
    if (field.name.empty() || field.name == "*" || field.type == FieldType::columns ||
        !std::binary_search(table.names().begin(), table.names().end(), field.name))
      continue;
    table.push(field.name);
    out[field.name] = read_value(script, -1, field, joined_label(table, field), table.place(field.name));
    lua_pop(script.lua(), 1);
  }
  if (table.size() > 0 && !positional) table.require_no_list("write " + fields.front().name + " = ...");
  if (table.size() > 0) read_positional(script, table, *positional, out);
  for (const FieldSpec& field : fields) {
    if (out.count(field.name) > 0) continue;
    if (field.required)
      throw error_at(table.place(),
                     table.label() + " needs " + field.name + " (" + workflow::to_text(field.type) + ")");
    const bool has_plain_default = !field.fallback.empty() && !field.name.empty() && field.type != FieldType::settings;
    if (has_plain_default) out[field.name] = default_of(field);
  }
  return out;
}

}  // namespace sluice::script
