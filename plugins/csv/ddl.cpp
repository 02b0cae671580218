#include "ddl.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "arrow/type.hpp"
#include "base/error.hpp"

namespace sluice::csv {

namespace {

using arrow::Kind;
using nlohmann::json;

constexpr size_t kLongestName = 240;

/// What `read` delivers of a column that was written: integers and bytes as such, everything else as its text.
Kind carrier_of(const arrow::Type& type) {
  if (type.kind == Kind::binary) return Kind::binary;
  return type.kind >= Kind::int8 && type.kind <= Kind::uint32 ? Kind::int64 : Kind::text;
}

void check_name(const std::string& name) {
  const bool is_file_name = !name.empty() && name[0] != '.' && name.size() <= kLongestName &&
                            name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  if (is_file_name) return;
  throw Error(Code::unsupported, "table '" + name + "': its name can't be that of a file", "rename it in the map");
}

void check_target(const Dialect& dialect) {
  const bool is_utf8 = dialect.encoding == files::Encoding::detect || dialect.encoding == files::Encoding::utf8;
  if (is_utf8) return;
  throw Error(Code::unsupported,
              std::string("a CSV target is written as utf-8, not as ") + files::to_text(dialect.encoding),
              "take `encoding` out, or set utf-8 or utf-8-bom");
}

void check_columns(const json& table) {
  const std::string name = table.at("name");
  if (table.at("columns").empty())
    throw Error(Code::unsupported, "table " + name + ": a CSV file needs at least one column");
  std::set<std::string> seen;
  for (const json& column : table.at("columns")) {
    const std::string column_name = column.at("name");
    const bool is_named = !column_name.empty() && column_name.find('\0') == std::string::npos;
    if (!is_named || !seen.insert(column_name).second) {
      throw Error(
          Code::unsupported,
          "table " + name + ": a header can't have the column name '" + column_name + "'" + (is_named ? " twice" : ""),
          "rename it in the map");
    }
  }
}

json statement(const json& text, const char* kind, const std::string& table) {
  return {{"sql", text.dump(-1, ' ', false, json::error_handler_t::replace)},
          {"kind", kind},
          {"schema", ""},
          {"table", table},
          {"name", table},
          {"group", 0},
          {"transactional", true}};
}

json create_statement(const json& table) {
  json columns = json::array();
  for (const json& column : table.at("columns"))
    columns.push_back({{"name", column.at("name")}, {"type", column.at("type")}});
  return {{"create", table.at("name")}, {"columns", columns}};
}

void add_warnings(const json& table, std::vector<std::string>& warnings) {
  const std::string name = table.at("name");
  int64_t left_out = 0;
  for (const char* list : {"uniques", "indexes", "foreign_keys", "checks"}) {
    if (table.contains(list)) left_out += static_cast<int64_t>(table[list].size());
  }
  if (table.contains("primary_key") && !table["primary_key"].is_null()) ++left_out;
  if (left_out > 0)
    warnings.push_back(name + ": " + std::to_string(left_out) +
                       " keys, indexes and checks are left out: a CSV file has none");
}

void add_columns(const json& table, json& columns) {
  for (const json& column : table.at("columns")) {
    const arrow::Type type = arrow::type_from_text(column.at("type"));
    columns.push_back({{"table", table.at("name")},
                       {"column", column.at("name")},
                       {"native", "csv text"},
                       {"carrier", arrow::to_text({carrier_of(type)})}});
  }
}

}  // namespace

std::string ddl_for_catalog(const Dialect& dialect, const std::string& catalog, const std::string& stage) {
  if (stage != "tables" && stage != "finish" && stage != "clear" && stage != "count") {
    throw Error(Code::invalid_argument, "ddl: expected stage tables, finish, clear or count, found '" + stage + "'");
  }
  json statements = json::array();
  json columns = json::array();
  std::vector<std::string> warnings;
  try {
    const json wanted = json::parse(catalog);
    for (const json& table : wanted.at("tables")) {
      const std::string name = table.at("name");
      check_name(name);
      const bool is_shape = stage == "tables" || stage == "finish";
      if (is_shape) {
        check_target(dialect);
        check_columns(table);
        add_columns(table, columns);
      }
      if (stage == "tables") add_warnings(table, warnings);
      // What "finish" makes is the table's file: a table again, so that an undo of the step takes it back.
      statements.push_back(statement(stage == "tables" ? create_statement(table) : json{{stage, name}},
                                     is_shape ? "table" : stage.c_str(), name));
    }
  } catch (const json::exception& exception) {
    throw Error(Code::invalid_argument, std::string("ddl: not a catalog: ") + exception.what());
  }
  const json ddl = {{"statements", statements}, {"columns", columns}, {"warnings", warnings}};
  return ddl.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice::csv
