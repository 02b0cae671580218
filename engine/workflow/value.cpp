#include "workflow/value.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

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

bool needs_no_escape(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

/// Appends a value as JSON: plans of ten thousand steps are made of it, so it builds no tree first.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void write(const Value& value) const { std::visit(*this, value.data); }

  void operator()(std::monostate) const { out_ += "null"; }
  void operator()(const SecretRef& secret) const { write_object("secret", Json(secret.name)); }
  void operator()(const FunctionRef& function) const { write_object("function", Json(function.id)); }
  void operator()(const MapRef& map) const { write_object("map", Json(map.index)); }
  void operator()(const std::string& text) const { write_text(text); }
  void operator()(const Value::List& list) const {
    const char* before = "[";
    for (const Value& item : list) {
      out_ += std::exchange(before, ",");
      write(item);
    }
    out_ += list.empty() ? "[]" : "]";
  }
  void operator()(const Value::Object& object) const {
    const char* before = "{";
    for (const auto& [name, field] : object) {
      out_ += std::exchange(before, ",");
      write_text(name);
      out_ += ':';
      write(field);
    }
    out_ += object.empty() ? "{}" : "}";
  }
  template <typename T>
  void operator()(const T& plain) const {
    out_ += dump(Json(plain));
  }

 private:
  static std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

  void write_object(const std::string& name, const Json& content) const { out_ += dump({{name, content}}); }

  void write_text(const std::string& text) const {
    if (needs_no_escape(text)) {
      out_.append(1, '"').append(text).append(1, '"');
    } else {
      out_ += dump(Json(text));
    }
  }

  std::string& out_;
};

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
  std::string json;
  JsonWriter(json).write(value);
  return json;
}

const Value* find_field(const Value::Object& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

}  // namespace sluice::workflow
