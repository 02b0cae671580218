#include "shape.hpp"

#include <cstdlib>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace sluice::postgres {
namespace {

using arrow::Kind;

constexpr const char* kFindTable =
    "SELECT c.oid, c.relkind, c.relpersistence FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";

std::string columns_query() {
  return std::string(
             "SELECT a.attname, a.attnotnull, a.attgenerated <> '', b.oid, b.modifier, b.typtype = 'e', b.receive, "
             "pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a ") +
         kResolvedType + " WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
}

}  // namespace

const char* const kResolvedType =
    "CROSS JOIN LATERAL ("
    "  WITH RECURSIVE chain AS ("
    "    SELECT t.oid, a.atttypmod AS modifier, t.typtype, t.typbasetype, t.typtypmod, t.typreceive "
    "    FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid "
    "    UNION ALL "
    "    SELECT t.oid, chain.typtypmod, t.typtype, t.typbasetype, t.typtypmod, t.typreceive "
    "    FROM chain JOIN pg_catalog.pg_type t ON t.oid = chain.typbasetype WHERE chain.typtype = 'd') "
    "  SELECT oid, modifier, typtype, (SELECT proname FROM pg_catalog.pg_proc WHERE oid = typreceive) AS receive "
    "  FROM chain WHERE typtype <> 'd') b";

const NativeColumn& TableShape::column(const std::string& wanted) const {
  std::vector<std::string> known;
  for (const NativeColumn& column : columns) {
    if (column.name == wanted) return column;
    known.push_back(column.name);
  }
  throw Error(Code::not_found, label() + ": there is no column " + wanted, did_you_mean(wanted, known));
}

TableShape describe_table(Connection& connection, const std::string& schema, const std::string& table) {
  const std::string where = "looking at " + schema + "." + table;
  const Result found = connection.run(kFindTable, {schema, table}, where);
  if (found.rows() == 0) {
    throw Error(Code::not_found, schema + "." + table + ": there is no such table, or none that this user may see");
  }
  TableShape shape;
  shape.oid = static_cast<uint32_t>(found.integer(0, 0));
  shape.schema = schema;
  shape.name = table;
  shape.kind = found.text(0, 1)[0];
  shape.persistence = found.text(0, 2)[0];
  const Result columns = connection.run(columns_query(), {found.text(0, 0)}, where);
  for (int i = 0; i < columns.rows(); ++i) {
    NativeColumn& column = shape.columns.emplace_back();
    column.name = columns.text(i, 0);
    column.not_null = columns.text(i, 1) == "t";
    column.is_generated = columns.text(i, 2) == "t";
    column.type.base = static_cast<uint32_t>(columns.integer(i, 3));
    column.type.modifier = static_cast<int32_t>(columns.integer(i, 4));
    column.type.is_enum = columns.text(i, 5) == "t";
    column.type.receive = columns.text(i, 6);
    column.type.native = columns.text(i, 7);
  }
  return shape;
}

bool numeric_parts(int32_t modifier, int& precision, int& scale) {
  if (modifier < 4) return false;
  precision = ((modifier - 4) >> 16) & 0xFFFF;
  scale = (((modifier - 4) & 0x7FF) ^ 1024) - 1024;  // eleven bits, signed since version 15
  return true;
}

int fraction_digits(const NativeType& type) { return type.modifier < 0 || type.modifier > 6 ? 6 : type.modifier; }

int declared_length(const NativeType& type) {
  const bool has_length = type.base == oid::kVarchar || type.base == oid::kBpchar;
  return has_length && type.modifier >= 4 ? type.modifier - 4 : 0;
}

arrow::Type logical_type(const NativeType& type) {
  int precision = 0, scale = 0;
  switch (type.base) {
    case oid::kBool: return {Kind::boolean};
    case oid::kInt2: return {Kind::int16};
    case oid::kInt4: return {Kind::int32};
    case oid::kInt8: return {Kind::int64};
    case oid::kFloat4: return {Kind::float32};
    case oid::kFloat8: return {Kind::float64};
    case oid::kNumeric:
      if (!numeric_parts(type.modifier, precision, scale)) return {Kind::number};
      if (precision > 38 || scale < 0 || scale > precision) return {Kind::number};
      return {Kind::decimal, precision, scale};
    case oid::kBytea: return {Kind::binary};
    case oid::kDate: return {Kind::date};
    case oid::kTime: return {Kind::time};
    case oid::kTimestamp: return {Kind::timestamp};
    case oid::kTimestamptz: return {Kind::timestamptz};
    case oid::kUuid: return {Kind::uuid};
    case oid::kJson:
    case oid::kJsonb: return {Kind::json};
    default: return {Kind::text, 0, 0, declared_length(type)};
  }
}

bool is_text_like(const NativeType& type) {
  return type.base == oid::kText || type.base == oid::kVarchar || type.base == oid::kBpchar ||
         type.base == oid::kName || type.is_enum || type.receive == "citextrecv";
}

}  // namespace sluice::postgres
