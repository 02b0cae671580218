#include "record.hpp"

#include <simdjson.h>

#include <utility>

#include "strings.hpp"
#include "window.hpp"

namespace sluice::json {

static_assert(kPadding >= simdjson::SIMDJSON_PADDING);

namespace {

namespace ondemand = simdjson::ondemand;

std::string_view trimmed(std::string_view text) {
  const size_t last = text.find_last_not_of(" \t\r\n");
  return text.substr(0, last + 1);
}

/// Up to the quote that closes it; stage 1 has proved that there is one.
std::string_view key_from(const char* begin, bool& has_escapes) {
  const char* end = begin;
  while (*end != '"') {
    has_escapes |= *end == '\\';
    end += *end == '\\' ? 2 : 1;
  }
  return {begin, static_cast<size_t>(end - begin)};
}

bool set_scalar(std::string_view token, Value& out) {
  out.raw = trimmed(token);
  switch (token[0]) {
    case '"':
      out.kind = Kind::string;
      if (out.raw.size() < 2 || out.raw.back() != '"') return false;
      out.has_escapes = has_escapes(out.content());
      return !out.has_escapes || has_valid_escapes(out.content());
    case 't':
    case 'f': out.kind = Kind::boolean; return out.raw == "true" || out.raw == "false";
    case 'n': out.kind = Kind::null; return out.raw == "null";
    default: out.kind = Kind::number; return is_number(out.raw);
  }
}

}  // namespace

const char* to_text(Kind kind) {
  switch (kind) {
    case Kind::boolean: return "boolean";
    case Kind::number: return "number";
    case Kind::string: return "string";
    case Kind::object: return "object";
    case Kind::array: return "array";
    default: return "null";
  }
}

Kind kind_of(char first) {
  switch (first) {
    case '{': return Kind::object;
    case '[': return Kind::array;
    case '"': return Kind::string;
    case 't':
    case 'f': return Kind::boolean;
    case 'n': return Kind::null;
    default: return Kind::number;
  }
}

/// simdjson's part: it finds the tokens and checks UTF-8; what a token is and how tokens follow one another is checked
/// on the way, as it skips what nobody looks at.
struct RecordParser::Parts {
  int most_depth = 0;
  ondemand::parser parser;
  ondemand::document document;
  const char* end = nullptr;  // of the text

  bool begin(std::string_view text) {
    end = text.data() + text.size();
    return parser.iterate(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING).get(document) ==
           simdjson::SUCCESS;
  }

  /// A string that nobody has taken would be skipped together with a colon and a value behind it.
  static bool pass_string(ondemand::value& value) {
    ondemand::raw_json_string ignored;
    return value.get_raw_json_string().get(ignored) == simdjson::SUCCESS;
  }

  template <typename Take>
  bool each_member(ondemand::object& object, Take take) {
    for (auto each : object) {
      ondemand::field field;
      if (std::move(each).get(field) != simdjson::SUCCESS) return false;
      bool has_escapes = false;
      const std::string_view key = key_from(field.key().raw(), has_escapes);
      if (has_escapes && !has_valid_escapes(key)) return false;
      ondemand::value value = field.value();
      if (!take(key, has_escapes, value)) return false;
    }
    return true;
  }

  template <typename Take>
  bool each_element(ondemand::array& array, Take take) {
    for (auto each : array) {
      ondemand::value value;
      if (std::move(each).get(value) != simdjson::SUCCESS || !take(value)) return false;
    }
    return true;
  }

  bool take_value(ondemand::value& value, int depth, Value& out) {
    const std::string_view token = value.raw_json_token();
    // Behind the last token of a broken text its length means nothing.
    if (token.empty() || token.size() > static_cast<size_t>(end - token.data())) return false;
    if (token[0] == '"' && !pass_string(value)) return false;
    if (token[0] != '{' && token[0] != '[') return set_scalar(token, out);
    out.kind = token[0] == '{' ? Kind::object : Kind::array;
    if (depth > most_depth || !check_inside(value, depth, out.kind)) return false;
    // The container's bracket is the last token that was read.
    const char* next = nullptr;
    if (document.current_location().get(next) != simdjson::SUCCESS) return false;
    out.raw = trimmed({token.data(), static_cast<size_t>(next - token.data())});
    return true;
  }

  bool check_inside(ondemand::value& value, int depth, Kind kind) {
    Value ignored;
    if (kind == Kind::object) {
      ondemand::object object;
      if (value.get_object().get(object) != simdjson::SUCCESS) return false;
      return each_member(object, [&](std::string_view, bool, ondemand::value& inner) {
        return take_value(inner, depth + 1, ignored);
      });
    }
    ondemand::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) return false;
    return each_element(array, [&](ondemand::value& inner) { return take_value(inner, depth + 1, ignored); });
  }
};

RecordParser::RecordParser(int most_depth) : parts_(std::make_unique<Parts>()) { parts_->most_depth = most_depth; }
RecordParser::~RecordParser() = default;

bool RecordParser::parse_object(std::string_view text, std::vector<Field>& fields) {
  fields.clear();
  ondemand::object object;
  if (!parts_->begin(text) || parts_->document.get_object().get(object) != simdjson::SUCCESS) return false;
  return parts_->each_member(object, [&](std::string_view key, bool has_escapes, ondemand::value& value) {
    fields.push_back({key, has_escapes});
    return parts_->take_value(value, 2, fields.back().value);
  });
}

bool RecordParser::parse_array(std::string_view text, std::vector<Value>& values) {
  values.clear();
  ondemand::array array;
  if (!parts_->begin(text) || parts_->document.get_array().get(array) != simdjson::SUCCESS) return false;
  return parts_->each_element(array, [&](ondemand::value& value) {
    values.emplace_back();
    return parts_->take_value(value, 2, values.back());
  });
}

}  // namespace sluice::json
