#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/units.hpp"
#include "script/handles.hpp"
#include "script/read_value.hpp"
#include "script/word_calls.hpp"

namespace sluice::script {
namespace {

using workflow::Param;

constexpr const char* kEnvironments = "environments";

struct Given {
  std::string text;
  std::string origin;
};

bool is_percent(const std::string& text) {
  if (text.size() < 2 || text.back() != '%') return false;
  const std::string number = text.substr(0, text.size() - 1);
  const size_t point = number.find('.');
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto are_digits = [&](const std::string& part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
  };
  return point == std::string::npos ? are_digits(number)
                                    : are_digits(number.substr(0, point)) && are_digits(number.substr(point + 1));
}

std::optional<double> to_number(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, number);
  if (fault != std::errc() || rest != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::string expectation(const std::string& type) {
  if (type == "integer") return "a whole number below 2^53";
  if (type == "number") return "a number";
  if (type == "percent") return "a percentage such as \"0.1%\"";
  if (type == "flag") return "true or false";
  if (type == "duration") return "a duration such as \"30s\"";
  return type == "path" ? "a path" : "a text";
}

/// The text of a value in its one spelling ("yes" becomes "true"); nullopt when it is none of the type.
std::optional<std::string> normalize(const std::string& type, const std::string& text) {
  if (type == "flag") {
    if (text == "true" || text == "yes" || text == "on" || text == "1") return "true";
    if (text == "false" || text == "no" || text == "off" || text == "0") return "false";
    return std::nullopt;
  }
  if (type == "integer" || type == "number") {
    const auto number = to_number(text);
    if (!number || (type == "integer" && !to_whole(*number))) return std::nullopt;
    return number_to_text(*number);
  }
  const bool is_valid = type == "percent"    ? is_percent(text)
                        : type == "duration" ? duration_from_text(text).has_value()
                        : type == "path"     ? !text.empty()
                                             : true;
  return is_valid ? std::optional<std::string>(text) : std::nullopt;
}

/// The value at an index of the stack as the text of a param.
std::string read_param_value(Script& script, int index, const std::string& type, const std::string& label,
                             const Place& place) {
  lua_State* state = script.lua();
  const bool is_number = type == "integer" || type == "number";
  const int wanted = is_number ? LUA_TNUMBER : type == "flag" ? LUA_TBOOLEAN : LUA_TSTRING;
  if (lua_type(state, index) != wanted) throw unexpected(script, index, label, expectation(type), place);
  std::string text;
  if (wanted == LUA_TNUMBER)
    text = number_to_text(lua_tonumber(state, index));
  else if (wanted == LUA_TBOOLEAN)
    text = lua_toboolean(state, index) != 0 ? "true" : "false";
  else
    text = read_text(script, index, label, place);
  const auto normal = normalize(type, text);
  if (!normal) throw unexpected(script, index, label, expectation(type), place);
  return *normal;
}

/// Reads `params { ... }` and settles every value by precedence.
class ParamReader {
 public:
  ParamReader(Script& script, const TableView& table) : script_(script), table_(table) {}

  std::vector<Param> read() {
    for (const std::string& name : table_.names()) {
      if (name != kEnvironments) declare(name);
    }
    read_environments();
    apply(script_.params().file, "--params " + script_.params().file_name);
    apply(script_.params().given, "--param");
    std::vector<Param> values;
    for (const std::string& name : names_) values.push_back(settle(name));
    return values;
  }

 private:
  const ParamDeclaration& declaration(const std::string& name) const {
    return script_.items().params[declared_.at(name)];
  }

  void declare(const std::string& name) {
    require_name(name, "params", table_.place(name));
    table_.push(name);
    const Handle* handle = find_handle(script_.lua(), -1, ItemKind::param);
    if (!handle)
      throw unexpected(script_, -1, "params: " + name, "a declaration such as param.text \"default\"",
                       table_.place(name));
    declared_[name] = handle->index;
    names_.push_back(name);
    if (const auto& fallback = script_.items().params[handle->index].fallback) given_[name] = {*fallback, "default"};
    lua_pop(script_.lua(), 1);
  }

  void read_environments() {
    const std::string& chosen = script_.params().environment;
    table_.push(kEnvironments);
    if (lua_isnil(script_.lua(), -1)) {
      lua_pop(script_.lua(), 1);
      if (!chosen.empty())
        throw error_at(table_.place(),
                       "--env " + chosen +
                           ": the workflow declares no environments; write params { ..., environments = { " + chosen +
                           " = { ... } } }");
      return;
    }
    const Place place = table_.place(kEnvironments);
    require_table_argument(script_, script_.lua(), -1, "environments", place);
    const TableView environments(script_, -1, "environments", place);
    environments.require_no_list("write { ci = { ... } }");
    for (const std::string& name : environments.names()) read_environment(environments, name, name == chosen);
    lua_pop(script_.lua(), 1);
    const auto& known = environments.names();
    if (chosen.empty() || std::binary_search(known.begin(), known.end(), chosen)) return;
    throw error_at(place,
                   "--env " + chosen + ": the workflow has no environment of that name" + suggest(chosen, known));
  }

  void read_environment(const TableView& environments, const std::string& name, bool is_chosen) {
    const std::string label = "environments." + name;
    environments.push(name);
    require_table_argument(script_, script_.lua(), -1, label, environments.place(name));
    const TableView values(script_, -1, label, environments.place(name));
    values.require_no_list("write { param = value }");
    for (const std::string& param : values.names()) {
      if (declared_.count(param) == 0)
        throw error_at(values.place(param), label + ": unknown param \"" + param + "\"" + suggest(param, names_));
      values.push(param);
      const std::string text =
          read_param_value(script_, -1, declaration(param).type, label + "." + param, values.place(param));
      lua_pop(script_.lua(), 1);
      if (is_chosen) given_[param] = {text, "environment " + name};
    }
    lua_pop(script_.lua(), 1);
  }

  void apply(const std::vector<std::pair<std::string, std::string>>& values, const std::string& origin) {
    for (const auto& [name, text] : values) {
      if (declared_.count(name) == 0) {
        throw Error(Code::invalid_argument,
                    origin + ": the workflow has no param \"" + name + "\"" + suggest(name, names_));
      }
      const std::string& type = declaration(name).type;
      const auto normal = normalize(type, text);
      if (!normal)
        throw Error(Code::invalid_argument,
                    origin + " " + name + ": expected " + expectation(type) + ", found \"" + text + "\"");
      given_[name] = {*normal, origin};
    }
  }

  Param settle(const std::string& name) const {
    const auto found = given_.find(name);
    if (found == given_.end()) {
      throw error_at(table_.place(name),
                     "param \"" + name + "\" has no default and was not given; pass --param " + name + "=VALUE");
    }
    return {name, declaration(name).type, found->second.text, found->second.origin};
  }

  Script& script_;
  const TableView& table_;
  std::map<std::string, uint32_t> declared_;
  std::vector<std::string> names_;
  std::map<std::string, Given> given_;
};

void push_param_value(lua_State* state, const Param& param) {
  if (param.type == "flag")
    lua_pushboolean(state, param.value == "true" ? 1 : 0);
  else if (param.type == "integer" || param.type == "number")
    lua_pushnumber(state, to_number(param.value).value_or(0));
  else
    lua_pushlstring(state, param.value.data(), param.value.size());
}

}  // namespace

int call_param(Script& script, lua_State* state) {
  const workflow::Word& word = word_of(state);
  const Place place = place_of_call(script, word);
  if (lua_gettop(state) > 1) throw error_at(place, word.name + " takes one default, found more");
  ParamDeclaration declaration{word.name.substr(word.name.find('.') + 1), std::nullopt, place.location()};
  if (lua_gettop(state) == 1) declaration.fallback = read_param_value(script, 1, declaration.type, word.name, place);
  script.items().params.push_back(std::move(declaration));
  push_handle(state, {ItemKind::param, static_cast<uint32_t>(script.items().params.size() - 1)});
  return 1;
}

int call_params(Script& script, lua_State* state) {
  const Place place = place_of_call(script, word_of(state));
  require_table_argument(script, state, 1, "params", place);
  if (script.items().has_params) throw error_at(place, "params is called twice; declare all params in one table");
  const TableView table(script, 1, "params", place);
  table.require_no_list("write name = param.text \"default\"");
  script.items().values = ParamReader(script, table).read();
  script.items().has_params = true;
  lua_createtable(state, 0, static_cast<int>(script.items().values.size()));
  for (const Param& param : script.items().values) {
    push_param_value(state, param);
    lua_setfield(state, -2, param.name.c_str());
  }
  return 1;
}

}  // namespace sluice::script
