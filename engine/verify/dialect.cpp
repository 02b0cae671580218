#include "verify/dialect.hpp"

#include <algorithm>
#include <array>

#include "arrow/text.hpp"
#include "base/error.hpp"
#include "store/plugin.hpp"

namespace sluice::verify {

namespace {

using arrow::Kind;
using catalog::ColumnMapping;

bool is_integer(Kind kind) { return kind >= Kind::int8 && kind <= Kind::uint64; }

const std::string& name_of(const ColumnMapping& column, copy::Side side) {
  return side == copy::Side::source ? column.source : column.target;
}

const std::string& native_of(const ColumnMapping& column, copy::Side side) {
  return side == copy::Side::source ? column.source_native : column.target_native;
}

bool is_geometry(const std::string& native) {
  static const std::array<const char*, 9> kTypes = {"geometry",   "point",        "linestring",         "polygon",     "multipoint",
                                                    "multilinestring", "multipolygon", "geometrycollection", "geomcollection"};
  return std::ranges::any_of(kTypes, [&](const char* type) { return native == type; });
}

/// Stores without column types would compare texts, others compare integers as doubles: so the text becomes a number first.
std::string value_of(Dialect dialect, const ColumnMapping& column, copy::Side side, size_t param) {
  const bool is_number = is_integer(column.compare.kind);
  if (dialect == Dialect::sql) {
    const std::string place = "$" + std::to_string(param);
    return is_number ? "CAST(" + place + " AS BIGINT)" : place;
  }
  if (is_number) return "CAST(? AS DECIMAL(20))";
  const bool is_packed = column.compare.kind == Kind::uuid && native_of(column, side).rfind("binary", 0) == 0;
  return is_packed ? "UNHEX(REPLACE(?, '-', ''))" : "?";
}

}  // namespace

Dialect dialect_of(const TableSide& side) {
  const std::string& language = side.session.store().plugin().manifest().language;
  if (language == "sql") return Dialect::sql;
  if (language == "mysql") return Dialect::mysql;
  throw Error(Code::internal, "the query language \"" + language + "\" is not known");
}

std::string quoted_name(Dialect dialect, const std::string& name) {
  const char quote = dialect == Dialect::sql ? '"' : '`';
  std::string quoted(1, quote);
  for (const char c : name) {
    if (c == quote) quoted += quote;
    quoted += c;
  }
  return quoted + quote;
}

std::string quoted_text(Dialect dialect, const std::string& text) {
  if (text.find('\0') != std::string::npos) throw Error(Code::data, "a text with a NUL byte can't be part of a statement");
  // Whether a backslash escapes depends on the server's settings there; hex digits don't.
  if (dialect == Dialect::mysql && text.find_first_of("'\\") != std::string::npos) return "_utf8mb4 X'" + arrow::bytes_to_hex(text) + "'";
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

std::string quoted_table(Dialect dialect, const TableSide& side) {
  const bool is_source = side.side == copy::Side::source;
  const std::string& schema = is_source ? side.table.source_schema : side.table.target_schema;
  const std::string& name = is_source ? side.table.source_table : side.table.target_table;
  return (schema.empty() ? "" : quoted_name(dialect, schema) + ".") + quoted_name(dialect, name);
}

std::string selected(Dialect dialect, const ColumnMapping& column, copy::Side side) {
  const std::string name = quoted_name(dialect, name_of(column, side));
  return dialect == Dialect::mysql && is_geometry(native_of(column, side)) ? "ST_AsWKB(" + name + ")" : name;
}

std::string equals_param(Dialect dialect, const ColumnMapping& column, copy::Side side, size_t param) {
  return quoted_name(dialect, name_of(column, side)) + " = " + value_of(dialect, column, side, param);
}

}  // namespace sluice::verify
