#include "ddl.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "settings.hpp"
#include "written.hpp"

namespace sluice::json {

namespace {

using arrow::Kind;
using Json = nlohmann::json;

constexpr size_t kLongestName = 240;

void check_name(const std::string& name) {
  const bool is_file_name = !name.empty() && name[0] != '.' && name.size() <= kLongestName &&
                            name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  if (is_file_name) return;
  throw Error(Code::unsupported, "table '" + name + "': its name can't be that of a file", "rename it in the map");
}

void check_columns(const Json& table) {
  const std::string name = table.at("name");
  if (table.at("columns").empty())
    throw Error(Code::unsupported, "table " + name + ": a JSON file needs at least one column");
  std::set<std::string> seen;
  for (const Json& column : table.at("columns")) {
    const std::string key = column.at("name");
    if (!key.empty() && key.find('\0') == std::string::npos && seen.insert(key).second) continue;
    throw Error(Code::unsupported, "table " + name + ": '" + key + "' can't be a key of its records, or stands twice",
                "rename the column in the map");
  }
}

std::vector<std::string> columns_of(const Json& key) {
  return key.is_object() ? key.value("columns", std::vector<std::string>{}) : std::vector<std::string>{};
}

/// What tells the table's rows apart, by one column that is never NULL.
bool is_unique(const Json& table, const std::string& column) {
  const std::vector<std::string> alone = {column};
  if (table.contains("primary_key") && columns_of(table["primary_key"]) == alone) return true;
  for (const Json& unique : table.value("uniques", Json::array())) {
    if (columns_of(unique) == alone) return true;
  }
  return false;
}

std::string key_of(const Json& table, const Settings& settings) {
  const std::string name = table.at("name");
  std::vector<std::string> key;
  if (table.contains("primary_key")) key = columns_of(table["primary_key"]);
  if (settings.has_key) key = {settings.key};
  if (key.size() != 1) {
    throw Error(Code::unsupported,
                "table " + name + ": shape object wants one column as the key of its records, and it has no primary " +
                    "key of one column",
                "set the option key, or shape = \"ndjson\"");
  }
  std::vector<std::string> names;
  for (const Json& column : table.at("columns")) names.push_back(column.at("name"));
  if (std::find(names.begin(), names.end(), key[0]) == names.end()) {
    throw Error(Code::unsupported, "table " + name + " has no column " + key[0] + ", which the option key names",
                did_you_mean(key[0], names));
  }
  if (is_unique(table, key[0])) return key[0];
  throw Error(Code::unsupported,
              "table " + name + ": " + key[0] + " is no primary or unique key: two records could have the same",
              "name another column with the option key, or set shape = \"ndjson\"");
}

void check_key_type(const WrittenTable& table) {
  for (const arrow::Field& column : table.columns) {
    const Kind kind = column.type.kind;
    const bool is_plain = (kind >= Kind::int8 && kind <= Kind::uint64) || kind == Kind::text || kind == Kind::uuid ||
                          kind == Kind::date || kind == Kind::boolean;
    if (column.name != table.key || is_plain) continue;
    throw Error(Code::unsupported,
                "table " + table.name + ": " + column.name + " is " + arrow::to_text(column.type) +
                    ", which can't be the key of a record",
                "name another column with the option key, or set shape = \"ndjson\"");
  }
}

WrittenTable written_from_catalog(const Json& table, const Settings& settings) {
  check_columns(table);
  WrittenTable written{table.at("name"), {}, "", layout_for_target(settings), ""};
  const auto primary = table.contains("primary_key") ? columns_of(table["primary_key"]) : std::vector<std::string>{};
  if (primary.size() == 1) written.primary = primary[0];
  for (const Json& column : table.at("columns"))
    written.columns.push_back({column.at("name"), arrow::type_from_text(column.at("type"))});
  if (written.layout == Layout::object) written.key = key_of(table, settings);
  check_key_type(written);
  return written;
}

Json statement(const Json& text, const std::string& kind, const std::string& table) {
  return {{"sql", text.dump(-1, ' ', false, Json::error_handler_t::replace)},
          {"kind", kind},
          {"schema", ""},
          {"table", table},
          {"name", table},
          {"group", 0},
          {"transactional", true}};
}

void add_warnings(const Json& table, std::vector<std::string>& warnings) {
  int64_t left_out = table.contains("primary_key") && !table["primary_key"].is_null() ? 1 : 0;
  for (const char* list : {"uniques", "indexes", "foreign_keys", "checks"}) {
    if (table.contains(list)) left_out += static_cast<int64_t>(table[list].size());
  }
  if (left_out == 0) return;
  warnings.push_back(table.at("name").get<std::string>() + ": " + std::to_string(left_out) +
                     " keys, indexes and checks are left out: a JSON file has none");
}

std::string native_of(const arrow::Type& type) {
  if (type.kind == Kind::json) return "any JSON";
  if (type.kind == Kind::boolean) return "boolean";
  const bool is_number = type.kind >= Kind::int8 && type.kind <= Kind::number;
  return is_number ? "number" : type.kind == Kind::binary ? "string of \\x and hex digits" : "string";
}

void add_columns(const WrittenTable& table, Json& columns) {
  for (const arrow::Field& column : table.columns) {
    columns.push_back({{"table", table.name},
                       {"column", column.name},
                       {"native", column.name == table.key ? "key of the record" : native_of(column.type)},
                       {"carrier", arrow::to_text(carrier_of(column.type))}});
  }
}

Json create_statement(const WrittenTable& table) {
  return {{"create", table.name}, {"as", Json::parse(describe_written(table))}};
}

}  // namespace

std::string ddl_for_catalog(const Settings& settings, const std::string& catalog, const std::string& stage) {
  if (stage != "tables" && stage != "finish" && stage != "clear" && stage != "count") {
    throw Error(Code::invalid_argument, "ddl: expected stage tables, finish, clear or count, found '" + stage + "'");
  }
  const bool is_shape = stage == "tables" || stage == "finish";
  Json statements = Json::array();
  Json columns = Json::array();
  std::vector<std::string> warnings;
  try {
    const Json wanted = Json::parse(catalog);
    for (const Json& table : wanted.at("tables")) {
      const std::string name = table.at("name");
      check_name(name);
      Json text = {{stage, name}};
      if (is_shape) {
        const WrittenTable written = written_from_catalog(table, settings);
        add_columns(written, columns);
        if (stage == "tables") text = create_statement(written);
      }
      if (stage == "tables") add_warnings(table, warnings);
      // What "finish" makes is the table's file: a table again, so that an undo of the step takes it back.
      statements.push_back(statement(text, is_shape ? "table" : stage, name));
    }
  } catch (const Json::exception& exception) {
    throw Error(Code::invalid_argument, std::string("ddl: not a catalog: ") + exception.what());
  }
  const Json ddl = {{"statements", statements}, {"columns", columns}, {"warnings", warnings}};
  return ddl.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sluice::json
