#include "ddl_types.hpp"

#include <regex>

#include "ddl.hpp"
#include "quote.hpp"

namespace sluice::postgres {
namespace {

using arrow::Kind;

/// Longest varchar(n) that the server takes.
constexpr int kMaxVarchar = 10'485'760;

/// Types that our COPY fills and whose spelling says more than the logical type.
bool is_loadable(const std::string& native, Kind kind) {
  static const std::regex kText("text|name|(character|character varying)\\(\\d+\\)|character varying");
  static const std::regex kNumber("numeric(\\(\\d+,-?\\d+\\))?");
  static const std::regex kTime("(timestamp|time)(\\([0-6]\\))? with(out)? time zone");
  static const std::regex kJson("jsonb?");
  switch (kind) {
    case Kind::text: return std::regex_match(native, kText);
    case Kind::decimal:
    case Kind::number: return std::regex_match(native, kNumber);
    case Kind::time:
      return native.rfind("time", 0) == 0 && native.find("without") != std::string::npos &&
             std::regex_match(native, kTime);
    case Kind::timestamp:
    case Kind::timestamptz: return std::regex_match(native, kTime);
    case Kind::json: return std::regex_match(native, kJson);
    default: return false;
  }
}

std::string text_form(int length) {
  return length > 0 && length <= kMaxVarchar ? "character varying(" + std::to_string(length) + ")" : "text";
}

std::string usual_form(const arrow::Type& type) {
  switch (type.kind) {
    case Kind::boolean: return "boolean";
    case Kind::int8:
    case Kind::uint8:
    case Kind::int16: return "smallint";
    case Kind::uint16:
    case Kind::int32: return "integer";
    case Kind::uint32:
    case Kind::int64: return "bigint";
    case Kind::uint64: return "numeric(20,0)";
    case Kind::float32: return "real";
    case Kind::float64: return "double precision";
    case Kind::decimal: return "numeric(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case Kind::number: return "numeric";
    case Kind::text: return text_form(type.length);
    case Kind::binary: return "bytea";
    case Kind::date: return "date";
    case Kind::time: return "time without time zone";
    case Kind::timestamp: return "timestamp without time zone";
    case Kind::timestamptz: return "timestamp with time zone";
    case Kind::uuid: return "uuid";
    case Kind::json: return "jsonb";
  }
  return "text";
}

arrow::Type carrier_of(const arrow::Type& type) {
  switch (type.kind) {
    case Kind::int8:
    case Kind::uint8: return {Kind::int16};
    case Kind::uint16: return {Kind::int32};
    case Kind::uint32: return {Kind::int64};
    case Kind::uint64: return {Kind::decimal, 20, 0};
    case Kind::text: return {Kind::text, 0, 0, type.length > kMaxVarchar ? 0 : type.length};
    default: return type;
  }
}

std::string clock_default(const std::string& kind, Kind column) {
  const bool is_today = kind == "today";
  switch (column) {
    case Kind::date: return "CURRENT_DATE";
    case Kind::timestamptz: return is_today ? "CURRENT_DATE" : "CURRENT_TIMESTAMP";
    case Kind::timestamp: return is_today ? "CURRENT_DATE" : "(now() AT TIME ZONE 'UTC')";
    case Kind::time: return is_today ? "" : "(now() AT TIME ZONE 'UTC')::time";
    case Kind::text:
      return std::string("to_char((now() AT TIME ZONE 'UTC'), '") +
             (is_today ? "YYYY-MM-DD" : "YYYY-MM-DD HH24:MI:SS") + "')";
    default: return "";
  }
}

std::string default_expression(const std::string& kind, const std::string& text, Kind column) {
  if (kind == "literal") return quote_literal(text);
  if (kind == "now" || kind == "today") return clock_default(kind, column);
  if (kind == "uuid" && column == Kind::uuid) return "gen_random_uuid()";
  if (kind == "uuid" && column == Kind::text) return "(gen_random_uuid())::text";
  return kind == "native" ? text : "";
}

}  // namespace

ColumnForm column_form(const arrow::Type& type, const std::string& native) {
  if (!native.empty() && is_loadable(native, type.kind)) return {native, type};
  return {usual_form(type), carrier_of(type)};
}

std::string default_clause(const std::string& kind, const std::string& text, Kind column) {
  const std::string expression = default_expression(kind, text, column);
  return expression.empty() ? "" : " DEFAULT " + expression;
}

bool is_kept_as_text(const std::string& native) { return is_loadable(native, Kind::text); }

}  // namespace sluice::postgres
