#include "settings.hpp"

#include <algorithm>

#include "abi/plugin_sdk.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "base/units.hpp"
#include "files/url_options.hpp"

namespace sluice::json {

namespace {

const std::vector<std::string> kKnown = {"url",       "path",      "access",     "table",    "shape", "record",
                                         "key",       "split",     "id",         "flatten",  "parse", "names",
                                         "nonfinite", "json_null", "max_record", "max_depth"};

[[noreturn]] void refuse(const std::string& name, const std::string& value, const std::string& expected) {
  throw Error(Code::invalid_argument, "json option " + name + ": expected " + expected + ", found '" + value + "'");
}

std::vector<std::string> parts_of(const std::string& text, char between) {
  std::vector<std::string> parts;
  for (size_t from = 0; from <= text.size();) {
    const size_t end = std::min(text.find(between, from), text.size());
    if (end > from) parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

/// Whether an option of two words says the first of them.
bool is_first_word(const std::string& name, const std::string& value, const std::string& first,
                   const std::string& second) {
  if (value != first && value != second) refuse(name, value, first + " or " + second);
  return value == first;
}

Shape shape_from_text(const std::string& text) {
  for (const Shape shape : {Shape::automatic, Shape::array, Shape::lines, Shape::object, Shape::tables}) {
    if (text == to_text(shape)) return shape;
  }
  if (text == "ndjson") return Shape::lines;
  refuse("shape", text, "auto, array, lines (or ndjson), object or tables");
}

/// RFC 6901.
std::vector<std::string> pointer_from_text(const std::string& text) {
  std::vector<std::string> tokens;
  if (text.empty()) return tokens;
  if (text[0] != '/') refuse("record", text, "a JSON pointer such as /data");
  for (size_t from = 1; from <= text.size();) {
    const size_t end = std::min(text.find('/', from), text.size());
    std::string token;
    for (size_t i = from; i < end; ++i) {
      const bool is_escape = text[i] == '~' && i + 1 < end && (text[i + 1] == '0' || text[i + 1] == '1');
      token += !is_escape ? text[i] : text[i + 1] == '0' ? '~' : '/';
      if (is_escape) ++i;
    }
    tokens.push_back(token);
    from = end + 1;
  }
  return tokens;
}

std::vector<Split> splits_from_text(const std::string& text) {
  std::vector<Split> splits;
  for (const std::string& part : parts_of(text, ',')) {
    const size_t equals = part.find('=');
    splits.push_back({part.substr(0, equals), equals == std::string::npos ? "" : part.substr(equals + 1)});
    if (splits.back().field.empty()) refuse("split", text, "fields, such as markets, markets=offers or markets.tokens");
  }
  return splits;
}

void set_option(Settings& settings, const std::string& name, const std::string& value) {
  if (name == "path") settings.path = value;
  if (name == "access") settings.access = is_first_word(name, value, "read", "write") ? Access::read : Access::write;
  if (name == "table") settings.table = value;
  if (name == "shape") settings.shape = shape_from_text(value);
  if (name == "record") settings.record = pointer_from_text(value);
  if (name == "key" && value.empty()) refuse(name, value, "a column's name");
  if (name == "key") settings.key = value, settings.has_key = true;
  if (name == "split") settings.split = splits_from_text(value);
  if (name == "id") settings.id = parts_of(value, ',');
  if (name == "flatten") {
    settings.flattens_all = value == "yes";
    if (value != "yes" && value != "no") settings.flatten = parts_of(value, ',');
  }
  if (name == "parse") settings.parse = parts_of(value, ',');
  if (name == "nonfinite")
    settings.nonfinite = is_first_word(name, value, "null", "refuse") ? NonFinite::null : NonFinite::refuse;
  if (name == "json_null")
    settings.json_null = is_first_word(name, value, "null", "refuse") ? JsonNull::null : JsonNull::refuse;
  if (name == "names")
    settings.names = is_first_word(name, value, "exact", "portable") ? NameStyle::exact : NameStyle::portable;
  if (name == "max_record") {
    const auto size = size_from_text(value);
    if (!size || *size < 64 || *size > (int64_t{2} << 30)) refuse(name, value, "a size up to 2GiB, such as 16MiB");
    settings.max_record = *size;
  }
  if (name == "max_depth") {
    const auto depth = arrow::int64_from_text(value);
    if (!depth || *depth < 1 || *depth > 1000) refuse(name, value, "a number from 1 to 1000");
    settings.max_depth = static_cast<int>(*depth);
  }
}

}  // namespace

const char* to_text(Shape shape) {
  switch (shape) {
    case Shape::array: return "array";
    case Shape::lines: return "lines";
    case Shape::object: return "object";
    case Shape::tables: return "tables";
    default: return "auto";
  }
}

bool Settings::flattens(const std::string& field) const {
  return flattens_all || std::find(flatten.begin(), flatten.end(), field) != flatten.end();
}

const Split* Settings::find_split(const std::string& path) const {
  const auto found = std::find_if(split.begin(), split.end(), [&](const Split& each) { return each.field == path; });
  return found == split.end() ? nullptr : &*found;
}

bool Settings::parses(const std::string& field) const {
  return std::find(parse.begin(), parse.end(), field) != parse.end();
}

Settings settings_from_options(const sluice_option* options, int64_t count) {
  files::Given given = sdk::read_options(options, count, kKnown);
  files::take_url("json", kKnown, given);
  Settings settings;
  for (const auto& [name, value] : given) set_option(settings, name, value);
  return settings;
}

}  // namespace sluice::json
