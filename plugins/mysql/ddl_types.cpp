#include "ddl_types.hpp"

#include <algorithm>

#include "quote.hpp"

namespace sluice::mysql {
namespace {

using arrow::Kind;
using arrow::Type;

/// Longest varchar in a key: 3,072 bytes of four per character.
constexpr int kMostKeyCharacters = 768;
constexpr int kUsualKeyCharacters = 255;
/// Longer ones go to a text column: all varchars of a row together have 65,535 bytes.
constexpr int kMostVarchar = 1000;
constexpr int kMostScale = 30;

ColumnForm text_form(const Type& type, bool is_key) {
  if (is_key) {
    const int length = type.length > 0 ? std::min(type.length, kMostKeyCharacters) : kUsualKeyCharacters;
    return {"varchar(" + std::to_string(length) + ")", {Kind::text, 0, 0, length}};
  }
  if (type.length > 0 && type.length <= kMostVarchar) return {"varchar(" + std::to_string(type.length) + ")", type};
  return {"longtext", {Kind::text}};
}

ColumnForm decimal_form(const Type& type) {
  if (type.scale > kMostScale) return {"longtext", {Kind::text}};
  return {"decimal(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")", type};
}

ColumnForm usual_form(const Type& type, bool is_key, bool is_mariadb) {
  switch (type.kind) {
    case Kind::boolean: return {"tinyint(1)", {Kind::int8}};
    case Kind::int8: return {"tinyint", type};
    case Kind::uint8: return {"tinyint unsigned", type};
    case Kind::int16: return {"smallint", type};
    case Kind::uint16: return {"smallint unsigned", type};
    case Kind::int32: return {"int", type};
    case Kind::uint32: return {"int unsigned", type};
    case Kind::int64: return {"bigint", type};
    case Kind::uint64: return {"bigint unsigned", type};
    case Kind::float32: return {"float", type};
    case Kind::float64: return {"double", type};
    case Kind::decimal: return decimal_form(type);
    // Decimals without bounds have no type of their own here.
    case Kind::number: return text_form({Kind::text}, is_key);
    case Kind::text: return text_form(type, is_key);
    case Kind::binary: return {is_key ? "varbinary(255)" : "longblob", type};
    case Kind::date: return {"date", type};
    case Kind::time: return {"time(6)", type};
    case Kind::timestamp: return {"datetime(6)", type};
    // The server's own type with a zone ends in 2038: an instant is held as its time in UTC.
    case Kind::timestamptz: return {"datetime(6)", type};
    case Kind::uuid: return {is_mariadb ? "uuid" : "binary(16)", type};
    case Kind::json: return {"json", type};
  }
  return {"longtext", {Kind::text}};
}

/// Types that our load fills and whose spelling says more than the logical type.
bool is_loadable(const std::string& native, Kind kind) {
  const auto begins = [&](const char* word) { return native.rfind(word, 0) == 0; };
  switch (kind) {
    case Kind::text: return begins("varchar(") || begins("char(") || begins("enum(") || begins("set(");
    case Kind::timestamp: return begins("datetime");
    case Kind::timestamptz: return begins("timestamp");
    case Kind::time: return begins("time");
    case Kind::binary: return begins("binary(") || begins("varbinary(");
    default: return false;
  }
}

}  // namespace

ColumnForm column_form(const Type& type, const std::string& native, bool is_key, bool is_mariadb) {
  if (!native.empty() && is_loadable(native, type.kind)) return {native, type};
  return usual_form(type, is_key, is_mariadb);
}

std::string change_of(const Type& type, const ColumnForm& form) {
  if (type.kind == Kind::timestamptz && form.native.rfind("datetime", 0) == 0) {
    return "timestamptz is held as " + form.native + ": the time in UTC, without its zone";
  }
  const bool is_exact = type.kind == Kind::number || type.kind == Kind::decimal;
  if (is_exact && form.carrier.kind == Kind::text) return arrow::to_text(type) + " is held as text: no decimal of MySQL has room for it";
  return "";
}

std::string default_clause(const std::string& kind, const std::string& text, const ColumnForm& form) {
  const Kind column = form.carrier.kind;
  const bool is_moment = column == Kind::timestamp || column == Kind::timestamptz;
  if (kind == "now" && is_moment) return " DEFAULT current_timestamp" + std::string(form.native.find("(6)") != std::string::npos ? "(6)" : "");
  if ((kind == "today" || kind == "now") && column == Kind::date) return " DEFAULT (current_date)";
  if (kind == "uuid" && (column == Kind::uuid || column == Kind::text) && form.native != "binary(16)") return " DEFAULT (uuid())";
  if (kind == "native") return " DEFAULT " + (text.front() == '(' || text.front() == '\'' ? text : "(" + text + ")");
  if (kind != "literal" || column == Kind::binary) return "";
  if (column == Kind::int8 && (text == "true" || text == "false")) return text == "true" ? " DEFAULT 1" : " DEFAULT 0";
  // Texts without a length take an expression only.
  return form.native == "longtext" || form.native == "json" ? " DEFAULT (" + quote_string(text) + ")" : " DEFAULT " + quote_string(text);
}

}  // namespace sluice::mysql
