#include "bounds.hpp"

#include <vector>

#include "arrow/text.hpp"
#include "base/error.hpp"
#include "quote.hpp"

namespace sluice::mysql {
namespace {

using sdk::KeyValue;

std::string hex_literal(std::string_view bytes) { return bytes.empty() ? "''" : "X'" + arrow::bytes_to_hex(bytes) + "'"; }

/// What is compared: the column, or its bytes where the bounds are bytes of a text (collations order otherwise).
std::string key_expression(const NativeColumn& column, const KeyValue& value) {
  const std::string name = quote_name(column.name);
  if (value.type != SLUICE_KEY_BYTES || !is_text(column)) return name;
  return "CAST(CONVERT(" + name + " USING utf8mb4) AS BINARY)";
}

std::string decimal_literal(const std::string& digits) {
  const bool is_number = !digits.empty() && digits.find_first_not_of("+-.0123456789") == std::string::npos;
  if (!is_number) throw Error(Code::invalid_argument, "a bound is no decimal number: " + digits);
  return "CAST('" + digits + "' AS DECIMAL(65,30))";
}

std::string key_literal(const NativeTable& table, const NativeColumn& column, const KeyValue& value) {
  switch (value.type) {
    case SLUICE_KEY_INTEGER: return std::to_string(value.integer);
    case SLUICE_KEY_DECIMAL: return decimal_literal(value.bytes);
    case SLUICE_KEY_UUID:
      if (value.bytes.size() != 16) break;
      return column.word == "binary" ? hex_literal(value.bytes) : quote_literal(arrow::uuid_to_text(value.bytes));
    case SLUICE_KEY_BYTES: return hex_literal(value.bytes);
    case SLUICE_KEY_DATE: return "'" + arrow::date_to_text(static_cast<int32_t>(value.integer)) + "'";
    case SLUICE_KEY_TIMESTAMP: return "'" + arrow::timestamp_to_text(value.integer, false) + "'";
    default: break;
  }
  throw Error(Code::unsupported, table.label() + "." + column.name + ": a bound of type " + std::to_string(value.type) +
                                     " does not fit " + column.native);
}

std::string row_of(const std::vector<std::string>& parts) {
  if (parts.size() == 1) return parts.front();
  std::string text = "(";
  for (const std::string& part : parts) text += (text.size() > 1 ? ", " : "") + part;
  return text + ")";
}

std::string compared(const NativeTable& table, const sdk::ReadSpec& spec, const std::vector<KeyValue>& bound, const char* how) {
  std::vector<std::string> keys, values;
  for (size_t i = 0; i < bound.size(); ++i) {
    const NativeColumn& column = table.column(spec.key.at(i));
    if (column.nullable && bound.size() > 1) {
      throw Error(Code::unsupported, table.label() + ": the key column " + column.name + " may be NULL", "cut the table by another key");
    }
    keys.push_back(key_expression(column, bound[i]));
    values.push_back(key_literal(table, column, bound[i]));
  }
  return row_of(keys) + how + row_of(values);
}

std::string upper_condition(const NativeTable& table, const sdk::ReadSpec& spec) {
  const std::string below = compared(table, spec, spec.upper, " < ");
  const bool may_be_null = spec.upper.size() == 1 && table.column(spec.key.front()).nullable;
  if (!spec.lower.empty() || !may_be_null) return below;
  return "(" + below + " OR " + quote_name(spec.key.front()) + " IS NULL)";
}

void refuse_local(const NativeTable& table, const std::vector<KeyValue>& bound) {
  if (bound.size() == 1 && bound.front().type == SLUICE_KEY_LOCAL) {
    throw Error(Code::unsupported, table.label() + ": rows have no address here that a bound could speak of");
  }
}

}  // namespace

std::string range_condition(const NativeTable& table, const sdk::ReadSpec& spec) {
  std::vector<std::string> parts;
  refuse_local(table, spec.lower);
  refuse_local(table, spec.upper);
  if (!spec.lower.empty()) parts.push_back(compared(table, spec, spec.lower, " >= "));
  if (!spec.upper.empty()) parts.push_back(upper_condition(table, spec));
  // The line's end closes a comment at the end of the condition.
  if (!spec.where.empty()) parts.push_back("(" + spec.where + "\n)");
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : " AND ") + part;
  return all;
}

}  // namespace sluice::mysql
