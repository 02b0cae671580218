#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace sluice::workflow {

/// A place in a workflow file; line 0 where there is none.
struct Location {
  std::string file;  ///< relative to the workflow's folder
  int line = 0;
};
std::string to_text(const Location& where);
/// "shop.lua:12" and back; without a number behind the last colon all of it is the file.
Location location_from_text(const std::string& text);

/// A secret's name (an environment variable). Its value is looked up by the engine and never enters Lua.
struct SecretRef {
  std::string name;
};
/// A Lua function, found again by loading the same bundle: node path and field ("copy.orphans#check").
struct FunctionRef {
  std::string id;
};
/// Index into Workflow::maps.
struct MapRef {
  size_t index = 0;
};

/// What a workflow file can say: pure data. Copyable.
struct Value {
  using List = std::vector<Value>;
  using Object = std::map<std::string, Value>;
  std::variant<std::monostate, bool, int64_t, double, std::string, SecretRef, FunctionRef, MapRef, List, Object> data;

  bool is_nil() const { return std::holds_alternative<std::monostate>(data); }
  /// Each throws Error(internal) when the value is of another kind: the table of words has checked kinds before.
  bool as_boolean() const;
  int64_t as_integer() const;
  double as_number() const;
  const std::string& as_text() const;
  const List& as_list() const;
  const Object& as_object() const;
  template <typename T>
  const T* as() const { return std::get_if<T>(&data); }
};

/// A JSON text with sorted keys; secrets as {"secret": NAME}, functions as {"function": ID}, maps as {"map": INDEX}.
std::string value_to_json(const Value& value);

/// The field of an object, or nullptr.
const Value* find_field(const Value::Object& fields, const std::string& name);

}  // namespace sluice::workflow
