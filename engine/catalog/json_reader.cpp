#include "catalog/json_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.hpp"

namespace sluice::catalog {

using nlohmann::json;

namespace {

constexpr size_t kMostShown = 60;

/// Whether a value can be written without going deep: what a broken plugin sends may nest without end.
bool is_flat(const json& value) {
  if (!value.is_structured()) return true;
  return value.size() < kMostShown && std::none_of(value.begin(), value.end(), [](const json& inner) {
           return inner.is_structured() && !inner.empty();
         });
}

std::string shown(const json& value) {
  const std::string text = is_flat(value) ? value.dump(-1, ' ', false, json::error_handler_t::replace) : "";
  const bool is_short = !text.empty() && text.size() <= kMostShown;
  return is_short ? text : std::string("a long ") + value.type_name();
}

}  // namespace

JsonReader::JsonReader(const json& object, std::string what, std::string place)
    : object_(object), what_(std::move(what)), place_(std::move(place)) {
  if (!object_.is_object()) refuse(place_, "an object", object_);
}

const json* JsonReader::find(const char* field) const {
  const auto found = object_.find(field);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::string JsonReader::place_of(const std::string& field) const {
  return place_.empty() ? field : place_ + "." + field;
}

void JsonReader::refuse(const std::string& place, const std::string& expected, const json& found) const {
  throw Error(Code::internal,
              what_ + (place.empty() ? "" : " at " + place) + ": expected " + expected + ", found " + shown(found));
}

bool JsonReader::has(const char* field) const { return find(field) != nullptr; }

std::string JsonReader::text(const char* field) const {
  const json* value = find(field);
  if (value == nullptr) return {};
  if (!value->is_string()) refuse(place_of(field), "a text", *value);
  return value->get<std::string>();
}

std::string JsonReader::required_text(const char* field) const {
  std::string value = text(field);
  if (value.empty()) refuse(place_of(field), "a text", nullptr);
  return value;
}

int64_t JsonReader::integer(const char* field) const {
  const json* value = find(field);
  if (value == nullptr) return 0;
  if (!value->is_number_integer()) refuse(place_of(field), "an integer", *value);
  const bool is_too_large = value->is_number_unsigned() && value->get<uint64_t>() > INT64_MAX;
  if (is_too_large) refuse(place_of(field), "an integer of 64 bits", *value);
  return value->get<int64_t>();
}

bool JsonReader::flag(const char* field, bool missing) const {
  const json* value = find(field);
  if (value == nullptr) return missing;
  if (!value->is_boolean()) refuse(place_of(field), "true or false", *value);
  return value->get<bool>();
}

arrow::Type JsonReader::type(const char* field) const {
  const std::string spelling = required_text(field);
  try {
    return arrow::type_from_text(spelling);
  } catch (const Error& error) {
    throw Error(Code::internal, what_ + " at " + place_of(field) + ": " + error.message());
  }
}

std::vector<std::string> JsonReader::texts(const char* field) const {
  std::vector<std::string> all;
  const json* list = find(field);
  if (list == nullptr) return all;
  if (!list->is_array()) refuse(place_of(field), "a list of texts", *list);
  for (const json& item : *list) {
    if (!item.is_string()) refuse(place_of(field), "a list of texts", item);
    all.push_back(item.get<std::string>());
  }
  return all;
}

JsonReader JsonReader::object(const char* field) const {
  const json* value = find(field);
  if (value == nullptr) refuse(place_of(field), "an object", nullptr);
  return JsonReader(*value, what_, place_of(field));
}

void JsonReader::each(const char* field, const std::function<void(const JsonReader&)>& read) const {
  const json* list = find(field);
  if (list == nullptr) return;
  if (!list->is_array()) refuse(place_of(field), "a list of objects", *list);
  for (size_t i = 0; i < list->size(); ++i) {
    read(JsonReader((*list)[i], what_, place_of(field) + "[" + std::to_string(i) + "]"));
  }
}

json parse_json(const std::string& text, const std::string& what) {
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    throw Error(Code::internal, what + ": is not JSON at byte " + std::to_string(error.byte));
  } catch (const json::exception& error) {
    throw Error(Code::internal, what + ": is not JSON: " + error.what());
  }
}

}  // namespace sluice::catalog
