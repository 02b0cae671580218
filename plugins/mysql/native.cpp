#include "native.hpp"

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace sluice::mysql {
namespace {

using arrow::Kind;
using arrow::Type;

constexpr const char* kTables =
    "SELECT table_name, coalesce(engine, ''), if(table_type = 'VIEW', '', coalesce(table_comment, '')), coalesce(table_rows, 0), "
    "coalesce(data_length, 0) + coalesce(index_length, 0), coalesce(auto_increment, 0), table_type = 'VIEW' FROM information_schema.tables "
    "WHERE table_schema = ? AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW') AND table_name NOT LIKE '\\_sluice\\_%' "
    "ORDER BY table_name";

constexpr const char* kColumns =
    "SELECT table_name, column_name, data_type, column_type, extra, column_default, coalesce(generation_expression, ''), "
    "column_comment, coalesce(collation_name, ''), coalesce(character_maximum_length, 0), coalesce(numeric_precision, 0), "
    "coalesce(numeric_scale, 0), coalesce(datetime_precision, 0), is_nullable FROM information_schema.columns "
    "WHERE table_schema = ? ";

/// MariaDB's JSON is a longtext with this very check.
constexpr const char* kChecks =
    "SELECT table_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = ?";

NativeColumn column_of(const Rows& rows, size_t row) {
  NativeColumn column;
  column.name = rows.text(row, 1);
  column.word = rows.text(row, 2);
  column.native = rows.text(row, 3);
  column.extra = rows.text(row, 4);
  column.has_default = !rows.is_null(row, 5);
  column.default_text = rows.text(row, 5);
  column.generated = rows.text(row, 6);
  column.comment = rows.text(row, 7);
  column.collation = rows.text(row, 8);
  column.length = rows.integer(row, 9);
  column.precision = static_cast<int>(rows.integer(row, 10));
  column.scale = static_cast<int>(rows.integer(row, 11));
  column.fraction = static_cast<int>(rows.integer(row, 12));
  column.nullable = rows.text(row, 13) == "YES";
  column.is_unsigned = column.native.find("unsigned") != std::string::npos;
  return column;
}

void mark_json(Connection& connection, const std::string& schema, std::map<std::string, NativeTable*>& tables) {
  if (!connection.is_mariadb()) return;
  const Rows checks = connection.run(kChecks, {schema}, "reading the checks of " + schema);
  for (size_t row = 0; row < checks.size(); ++row) {
    const auto table = tables.find(checks.text(row, 0));
    if (table == tables.end()) continue;
    for (NativeColumn& column : table->second->columns) {
      if (checks.text(row, 1) == "json_valid(`" + column.name + "`)") column.is_json = true;
    }
  }
}

void read_columns(Connection& connection, const std::string& schema, const std::string& more, const Values& params,
                  std::map<std::string, NativeTable*>& tables) {
  const Rows rows = connection.run(kColumns + more + " ORDER BY table_name, ordinal_position", params, "reading the columns of " + schema);
  for (size_t row = 0; row < rows.size(); ++row) {
    const auto table = tables.find(rows.text(row, 0));
    if (table != tables.end()) table->second->columns.push_back(column_of(rows, row));
  }
  mark_json(connection, schema, tables);
}

Type integer_type(const NativeColumn& column) {
  if (column.word == "tinyint") return {column.is_unsigned ? Kind::uint8 : Kind::int8};
  if (column.word == "smallint") return {column.is_unsigned ? Kind::uint16 : Kind::int16};
  if (column.word == "bigint") return {column.is_unsigned ? Kind::uint64 : Kind::int64};
  return {column.is_unsigned ? Kind::uint32 : Kind::int32};
}

Type decimal_type(const NativeColumn& column) {
  constexpr int kMostDigits = 38;
  if (column.precision > kMostDigits) return {Kind::number};
  return {Kind::decimal, column.precision, column.scale};
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* each) { return word == each; });
}

}  // namespace

const NativeColumn* NativeTable::find(const std::string& wanted) const {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const NativeColumn& column) { return column.name == wanted; });
  return found == columns.end() ? nullptr : &*found;
}

const NativeColumn& NativeTable::column(const std::string& wanted) const {
  if (const NativeColumn* found = find(wanted)) return *found;
  std::vector<std::string> known;
  for (const NativeColumn& column : columns) known.push_back(column.name);
  throw Error(Code::not_found, label() + ": there is no column " + wanted, did_you_mean(wanted, known));
}

namespace {

bool has_name(const std::vector<std::string>& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

}  // namespace

std::vector<NativeTable> describe_tables(Connection& connection, const std::string& schema, const std::vector<std::string>& only,
                                         const std::vector<std::string>& views) {
  const Rows rows = connection.run(kTables, {schema}, "reading the tables of " + schema);
  std::vector<NativeTable> tables;
  for (size_t row = 0; row < rows.size(); ++row) {
    const std::string name = rows.text(row, 0);
    const bool is_view = rows.text(row, 6) == "1";
    if (is_view ? !has_name(views, name) : !only.empty() && !has_name(only, name)) continue;
    tables.push_back({schema, name, rows.text(row, 1), rows.text(row, 2), rows.integer(row, 3), rows.integer(row, 4), rows.integer(row, 5), {}});
  }
  std::map<std::string, NativeTable*> by_name;
  for (NativeTable& table : tables) by_name[table.name] = &table;
  if (!tables.empty()) read_columns(connection, schema, "", {schema}, by_name);
  return tables;
}

NativeTable describe_table(Connection& connection, const std::string& schema, const std::string& name) {
  NativeTable table;
  table.schema = schema;
  table.name = name;
  std::map<std::string, NativeTable*> by_name = {{name, &table}};
  read_columns(connection, schema, "AND table_name = ?", {schema, name}, by_name);
  if (table.columns.empty()) {
    throw Error(Code::not_found, schema + "." + name + ": there is no such table, or none that this user may see");
  }
  return table;
}

bool is_geometry(const NativeColumn& column) {
  return is_one_of(column.word, {"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
                                 "geometrycollection", "geomcollection"});
}

bool may_be_boolean(const NativeColumn& column) { return column.native.rfind("tinyint(1)", 0) == 0; }

bool has_dates(const NativeColumn& column) { return is_one_of(column.word, {"date", "datetime", "timestamp"}); }

bool is_text(const NativeColumn& column) {
  return is_one_of(column.word, {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"});
}

Type logical_type(const NativeColumn& column) {
  const std::string& word = column.word;
  if (is_one_of(word, {"tinyint", "smallint", "mediumint", "int", "bigint"})) return integer_type(column);
  if (word == "year") return {Kind::int16};
  if (word == "decimal") return decimal_type(column);
  if (word == "float") return {Kind::float32};
  if (word == "double") return {Kind::float64};
  if (word == "date") return {Kind::date};
  if (word == "time") return {Kind::time};
  if (word == "datetime") return {Kind::timestamp};
  if (word == "timestamp") return {Kind::timestamptz};
  if (word == "json" || column.is_json) return {Kind::json};
  if (word == "uuid") return {Kind::uuid};
  if (word == "char" || word == "varchar") return {Kind::text, 0, 0, static_cast<int>(column.length)};
  const bool is_binary = is_one_of(word, {"bit", "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"});
  return {is_binary || is_geometry(column) ? Kind::binary : Kind::text};
}

}  // namespace sluice::mysql
