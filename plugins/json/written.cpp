#include "written.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "settings.hpp"

namespace sluice::json {

namespace {

using Json = nlohmann::json;

const char* word_for(Layout layout) {
  return layout == Layout::array ? "array" : layout == Layout::object ? "object" : "lines";
}

Layout layout_from_word(const std::string& word) {
  return word == "array" ? Layout::array : word == "object" ? Layout::object : Layout::lines;
}

[[noreturn]] void refuse_option(const std::string& option) {
  throw Error(Code::unsupported, "json: the option " + option + " has a meaning for reading only",
              "take it out of the target's store");
}

}  // namespace

Layout layout_for_target(const Settings& settings) {
  if (!settings.record.empty()) refuse_option("record");
  if (!settings.split.empty()) refuse_option("split");
  if (!settings.table.empty()) refuse_option("table");
  if (settings.flattens_all || !settings.flatten.empty()) refuse_option("flatten");
  if (!settings.parse.empty()) refuse_option("parse");
  switch (settings.shape) {
    case Shape::array: return Layout::array;
    case Shape::object: return Layout::object;
    case Shape::tables:
      throw Error(Code::unsupported, "json: a target has a file per table, not an object of tables",
                  "set shape = \"ndjson\", \"array\" or \"object\"");
    default: return Layout::lines;
  }
}

std::string file_name(const WrittenTable& table) {
  return table.name + (table.layout == Layout::lines ? ".ndjson" : ".json");
}

files::Frame frame_of(Layout layout) {
  if (layout == Layout::array) return {"[\n", ",\n", "\n]\n"};
  if (layout == Layout::object) return {"{\n", ",\n", "\n}\n"};
  return {};
}

Layout layout_of_parts(Layout layout) {
  return layout == Layout::array ? Layout::elements : layout == Layout::object ? Layout::members : layout;
}

arrow::Type carrier_of(const arrow::Type& type) {
  using arrow::Kind;
  if (type.kind == Kind::binary || type.kind == Kind::boolean) return {type.kind};
  return {type.kind >= Kind::int8 && type.kind <= Kind::uint32 ? Kind::int64 : Kind::text};
}

std::string describe_written(const WrittenTable& table) {
  Json columns = Json::array();
  for (const arrow::Field& column : table.columns)
    columns.push_back({{"name", column.name}, {"type", arrow::to_text(column.type)}});
  const Json described = {
      {"layout", word_for(table.layout)}, {"key", table.key}, {"primary", table.primary}, {"columns", columns}};
  return described.dump(-1, ' ', false, Json::error_handler_t::replace);
}

WrittenTable written_from_description(const std::string& name, const std::string& description) {
  const Json described = Json::parse(description);
  WrittenTable table{name,
                     {},
                     described.value("key", ""),
                     layout_from_word(described.value("layout", "")),
                     described.value("primary", "")};
  for (const Json& column : described.at("columns"))
    table.columns.push_back({column.at("name"), arrow::type_from_text(column.at("type"))});
  return table;
}

}  // namespace sluice::json
