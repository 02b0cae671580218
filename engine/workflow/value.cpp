#include "workflow/value.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace sluice::workflow {
namespace {

using Json = nlohmann::json;

const char* kind_name(const Value& value) {
  static constexpr const char* kNames[] = {"nil",    "boolean",  "integer", "number", "text",
                                           "secret", "function", "map",     "list",   "object"};
  return kNames[value.data.index()];
}

template <typename T>
const T& expect(const Value& value, const char* wanted) {
  if (const T* found = value.as<T>()) return *found;
  throw Error(Code::internal, std::string("workflow value: expected ") + wanted + ", found " + kind_name(value));
}

Json to_json(const Value& value);

struct JsonVisitor {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(const SecretRef& secret) const { return {{"secret", secret.name}}; }
  Json operator()(const FunctionRef& function) const { return {{"function", function.id}}; }
  Json operator()(const MapRef& map) const { return {{"map", map.index}}; }
  Json operator()(const Value::List& list) const {
    Json array = Json::array();
    for (const Value& item : list) array.push_back(to_json(item));
    return array;
  }
  Json operator()(const Value::Object& object) const {
    Json fields = Json::object();
    for (const auto& [name, field] : object) fields[name] = to_json(field);
    return fields;
  }
  template <typename T>
  Json operator()(const T& plain) const {
    return plain;
  }
};

Json to_json(const Value& value) { return std::visit(JsonVisitor{}, value.data); }

}  // namespace

std::string to_text(const Location& where) {
  return where.line > 0 ? where.file + ":" + std::to_string(where.line) : where.file;
}

Location location_from_text(const std::string& text) {
  const size_t colon = text.rfind(':');
  const char* end = text.data() + text.size();
  int line = 0;
  if (colon == std::string::npos) return {text, 0};
  const auto [rest, fault] = std::from_chars(text.data() + colon + 1, end, line);
  if (fault != std::errc() || rest != end) return {text, 0};
  return {text.substr(0, colon), line};
}

bool Value::as_boolean() const { return expect<bool>(*this, "boolean"); }
int64_t Value::as_integer() const { return expect<int64_t>(*this, "integer"); }
const std::string& Value::as_text() const { return expect<std::string>(*this, "text"); }
const Value::List& Value::as_list() const { return expect<List>(*this, "list"); }
const Value::Object& Value::as_object() const { return expect<Object>(*this, "object"); }

double Value::as_number() const {
  if (const int64_t* integer = as<int64_t>()) return static_cast<double>(*integer);
  return expect<double>(*this, "number");
}

std::string value_to_json(const Value& value) {
  return to_json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

const Value* find_field(const Value::Object& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

}  // namespace sluice::workflow
