#include "bounds.hpp"

#include <vector>

#include "arrow/text.hpp"
#include "base/error.hpp"
#include "quote.hpp"

namespace sluice::postgres {
namespace {

/// What is compared: the column, or its bytes where the bounds are bytes of a text (collations would order otherwise).
std::string key_expression(const NativeColumn& column, int32_t value_type) {
  if (value_type == SLUICE_KEY_BYTES && is_text_like(column.type)) {
    return "convert_to(" + quote_name(column.name) + "::text, 'UTF8')";
  }
  return quote_name(column.name);
}

std::string typed(const std::string& text, const NativeColumn& column) {
  return quote_literal(text) + "::" + column.type.native;
}

bool is_integer(const NativeColumn& column) {
  return column.type.base == oid::kInt2 || column.type.base == oid::kInt4 || column.type.base == oid::kInt8;
}

std::string key_literal(const TableShape& shape, const NativeColumn& column, const sdk::KeyValue& value) {
  switch (value.type) {
    case SLUICE_KEY_INTEGER:
      // Compared as bigint: a bound of another store may lie outside the column's type.
      return "'" + std::to_string(value.integer) + (is_integer(column) ? "'::bigint" : "'::numeric");
    case SLUICE_KEY_DECIMAL: return quote_literal(value.bytes) + "::numeric";
    case SLUICE_KEY_UUID:
      if (value.bytes.size() != 16) break;
      return typed(arrow::uuid_to_text(value.bytes), column);
    case SLUICE_KEY_BYTES: return quote_literal("\\x" + arrow::bytes_to_hex(value.bytes)) + "::bytea";
    case SLUICE_KEY_DATE: return quote_literal(arrow::date_to_text(static_cast<int32_t>(value.integer))) + "::date";
    case SLUICE_KEY_TIMESTAMP: {
      const bool is_zoned = column.type.base == oid::kTimestamptz;
      return typed(arrow::timestamp_to_text(value.integer, is_zoned), column);
    }
    default: break;
  }
  throw Error(Code::unsupported, shape.label() + "." + column.name + ": a bound of type " + std::to_string(value.type) +
                                     " does not fit " + column.type.native);
}

std::string row_of(const std::vector<std::string>& parts) {
  if (parts.size() == 1) return parts.front();
  std::string text = "(";
  for (const std::string& part : parts) text += (text.size() > 1 ? ", " : "") + part;
  return text + ")";
}

struct Side {
  std::string key;
  std::string value;
};

Side bound_side(const TableShape& shape, const sdk::ReadSpec& spec, const std::vector<sdk::KeyValue>& bound) {
  std::vector<std::string> keys, values;
  for (size_t i = 0; i < bound.size(); ++i) {
    const NativeColumn& column = shape.column(spec.key[i]);
    if (!column.not_null && bound.size() > 1) {
      throw Error(Code::unsupported, shape.label() + ": the key column " + column.name + " may be NULL",
                  "cut the table by another key");
    }
    keys.push_back(key_expression(column, bound[i].type));
    values.push_back(key_literal(shape, column, bound[i]));
  }
  return {row_of(keys), row_of(values)};
}

bool is_local(const std::vector<sdk::KeyValue>& bound) {
  return bound.size() == 1 && bound.front().type == SLUICE_KEY_LOCAL;
}

std::string block_literal(const sdk::KeyValue& value) { return "'(" + std::to_string(value.integer) + ",0)'::tid"; }

std::string lower_condition(const TableShape& shape, const sdk::ReadSpec& spec) {
  if (spec.lower.empty()) return "";
  if (is_local(spec.lower)) return "ctid >= " + block_literal(spec.lower.front());
  const Side side = bound_side(shape, spec, spec.lower);
  return side.key + " >= " + side.value;
}

std::string upper_condition(const TableShape& shape, const sdk::ReadSpec& spec) {
  if (spec.upper.empty()) return "";
  if (is_local(spec.upper)) return "ctid < " + block_literal(spec.upper.front());
  const Side side = bound_side(shape, spec, spec.upper);
  const std::string below = side.key + " < " + side.value;
  const bool may_be_null = spec.upper.size() == 1 && !shape.column(spec.key.front()).not_null;
  if (!spec.lower.empty() || !may_be_null) return below;
  return "(" + below + " OR " + quote_name(spec.key.front()) + " IS NULL)";
}

}  // namespace

std::string range_condition(const TableShape& shape, const sdk::ReadSpec& spec) {
  std::string all;
  // The line's end closes a comment at the end of the condition.
  const std::string where = spec.where.empty() ? "" : "(" + spec.where + "\n)";
  for (const std::string& part : {lower_condition(shape, spec), upper_condition(shape, spec), where}) {
    if (!part.empty()) all += (all.empty() ? "" : " AND ") + part;
  }
  return all;
}

}  // namespace sluice::postgres
