#include "decode.hpp"

#include <bit>
#include <limits>

#include "arrow/infinite.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "big_endian.hpp"
#include "numeric.hpp"
#include "quote.hpp"

namespace sluice::postgres {
namespace {

using arrow::Kind;

bool is_integer_kind(Kind kind) { return kind >= Kind::int8 && kind <= Kind::uint64; }

template <typename T>
void limit(ReadColumn& column) {
  column.low = static_cast<int64_t>(std::numeric_limits<T>::min());
  column.high = static_cast<int64_t>(std::numeric_limits<T>::max());
}

void limit_to_kind(ReadColumn& column, Kind kind) {
  switch (kind) {
    case Kind::int8: return limit<int8_t>(column);
    case Kind::int16: return limit<int16_t>(column);
    case Kind::int32: return limit<int32_t>(column);
    case Kind::uint8: return limit<uint8_t>(column);
    case Kind::uint16: return limit<uint16_t>(column);
    case Kind::uint32: return limit<uint32_t>(column);
    case Kind::uint64: column.low = 0; return;
    default: return;
  }
}

/// The decoding of an integer column, or of none.
std::optional<Decoding> integer_decoding(uint32_t base, bool into_decimal) {
  switch (base) {
    case oid::kInt2: return into_decimal ? Decoding::int2_decimal : Decoding::int2;
    case oid::kInt4: return into_decimal ? Decoding::int4_decimal : Decoding::int4;
    case oid::kInt8: return into_decimal ? Decoding::int8_decimal : Decoding::int8;
    default: return std::nullopt;
  }
}

std::optional<Decoding> number_decoding(const NativeType& type, Kind wanted) {
  const bool is_numeric = type.base == oid::kNumeric;
  if (is_integer_kind(wanted)) return is_numeric ? Decoding::decimal_integer : integer_decoding(type.base, false);
  if (wanted == Kind::decimal) return is_numeric ? Decoding::decimal : integer_decoding(type.base, true);
  if (wanted == Kind::number && is_numeric) return Decoding::number;
  if (wanted == Kind::float64 && type.base == oid::kFloat8) return Decoding::float8;
  if ((wanted == Kind::float64 || wanted == Kind::float32) && type.base == oid::kFloat4) return Decoding::float4;
  return std::nullopt;
}

std::optional<Decoding> plain_decoding(const NativeType& type, Kind wanted) {
  switch (wanted) {
    case Kind::boolean: return type.base == oid::kBool ? std::optional(Decoding::boolean) : std::nullopt;
    case Kind::binary: return type.base == oid::kBytea ? std::optional(Decoding::bytes) : std::nullopt;
    case Kind::date: return type.base == oid::kDate ? std::optional(Decoding::date) : std::nullopt;
    case Kind::time: return type.base == oid::kTime ? std::optional(Decoding::time) : std::nullopt;
    case Kind::timestamp: return type.base == oid::kTimestamp ? std::optional(Decoding::timestamp) : std::nullopt;
    case Kind::timestamptz: return type.base == oid::kTimestamptz ? std::optional(Decoding::timestamp) : std::nullopt;
    case Kind::uuid: return type.base == oid::kUuid ? std::optional(Decoding::uuid) : std::nullopt;
    case Kind::json:
    case Kind::text:
      if (type.base == oid::kJsonb) return Decoding::jsonb;
      return is_text_like(type) || type.base == oid::kJson ? std::optional(Decoding::bytes) : std::nullopt;
    default: return number_decoding(type, wanted);
  }
}

const char* append_decimal(const ReadColumn& column, std::string_view binary, arrow::ColumnBuilder& out) {
  const bool is_integer = column.decoding == Decoding::decimal_integer;
  arrow::Int128 value = 0;
  switch (numeric::decode_decimal(binary, is_integer ? 38 : column.field.type.precision,
                                  is_integer ? 0 : column.field.type.scale, value)) {
    case numeric::Fit::not_a_number: return "is not a finite number";
    case numeric::Fit::too_precise: return "has more digits behind the point";
    case numeric::Fit::too_large: return "has more digits before the point";
    case numeric::Fit::ok: break;
  }
  if (!is_integer) {
    out.append_decimal(value);
    return nullptr;
  }
  if (value < column.low ||
      value > (column.field.type.kind == Kind::uint64 ? arrow::Int128{UINT64_MAX} : column.high)) {
    return "is out of range";
  }
  out.append_int64(static_cast<int64_t>(value));
  return nullptr;
}

const char* append_integer(const ReadColumn& column, int64_t value, arrow::ColumnBuilder& out) {
  if (value < column.low || value > column.high) return "is out of range";
  out.append_int64(value);
  return nullptr;
}

const char* append_integer_decimal(const ReadColumn& column, int64_t value, arrow::ColumnBuilder& out) {
  arrow::Int128 limit = 1, factor = 1;
  for (int i = 0; i < column.field.type.precision - column.field.type.scale; ++i) limit *= 10;
  for (int i = 0; i < column.field.type.scale; ++i) factor *= 10;
  if (value >= limit || value <= -limit) return "has more digits before the point";
  out.append_decimal(value * factor);
  return nullptr;
}

constexpr const char* kInfinite = "is infinite (option infinite = keep of this store and a target that has it keeps it)";

const char* append_timestamp(const ReadColumn& column, std::string_view binary, arrow::ColumnBuilder& out) {
  const int64_t value = get_int64(binary.data());
  if (value == INT64_MAX || value == INT64_MIN) {
    if (!column.keeps_infinite) return kInfinite;
    out.append_int64(value > 0 ? arrow::kInfiniteMicros : arrow::kMinusInfiniteMicros);
    return nullptr;
  }
  int64_t micros = 0;
  const bool is_beyond = __builtin_add_overflow(value, kEpochMicros, &micros);
  if (is_beyond || arrow::is_infinite_moment(micros)) return "is beyond 64 bits of microseconds";
  out.append_int64(micros);
  return nullptr;
}

const char* append_date(const ReadColumn& column, std::string_view binary, arrow::ColumnBuilder& out) {
  const int32_t value = get_int32(binary.data());
  if (value == INT32_MAX || value == INT32_MIN) {
    if (!column.keeps_infinite) return kInfinite;
    out.append_int64(value > 0 ? arrow::kInfiniteDay : arrow::kMinusInfiniteDay);
    return nullptr;
  }
  out.append_int64(int64_t{value} + kEpochDays);
  return nullptr;
}

/// Bytes of a value of fixed width, 0 for the others: a server that sends another number is not understood.
size_t fixed_width(Decoding decoding) {
  switch (decoding) {
    case Decoding::boolean: return 1;
    case Decoding::int2:
    case Decoding::int2_decimal: return 2;
    case Decoding::int4:
    case Decoding::int4_decimal:
    case Decoding::float4:
    case Decoding::date: return 4;
    case Decoding::int8:
    case Decoding::int8_decimal:
    case Decoding::float8:
    case Decoding::time:
    case Decoding::timestamp: return 8;
    case Decoding::uuid: return 16;
    default: return 0;
  }
}

bool is_well_formed(Decoding decoding, std::string_view binary) {
  if (const size_t width = fixed_width(decoding); width != 0) return binary.size() == width;
  if (decoding == Decoding::jsonb) return !binary.empty() && binary[0] == 1;
  if (decoding == Decoding::bytes) return true;
  return binary.size() >= 8 &&
         binary.size() == 8 + 2 * static_cast<size_t>(static_cast<uint16_t>(get_int16(binary.data())));
}

}  // namespace

ReadColumn plan_read_column(const TableShape& shape, const NativeColumn& column,
                            const std::optional<arrow::Type>& wanted) {
  const arrow::Type type = wanted.value_or(logical_type(column.type));
  ReadColumn plan;
  plan.name = column.name;
  plan.field = {column.name, type, !column.not_null, column.type.native};
  plan.expression = quote_name(column.name);
  const auto decoding = plain_decoding(column.type, type.kind);
  if (decoding) {
    plan.decoding = *decoding;
    if (is_integer_kind(type.kind)) limit_to_kind(plan, type.kind);
    return plan;
  }
  const bool is_integer = integer_decoding(column.type.base, false).has_value();
  if (type.kind != Kind::text && !(type.kind == Kind::number && is_integer)) {
    throw Error(Code::unsupported, shape.label() + "." + column.name + ": " + column.type.native +
                                       " cannot be read as " + arrow::to_text(type));
  }
  plan.expression += "::text";
  plan.decoding = Decoding::bytes;
  return plan;
}

const char* decode_value(const ReadColumn& column, std::string_view binary, arrow::ColumnBuilder& out) {
  if (!is_well_formed(column.decoding, binary)) return "came in an unknown binary form";
  const char* data = binary.data();
  switch (column.decoding) {
    case Decoding::boolean: out.append_int64(*data != 0); return nullptr;
    case Decoding::int2: return append_integer(column, get_int16(data), out);
    case Decoding::int4: return append_integer(column, get_int32(data), out);
    case Decoding::int8: return append_integer(column, get_int64(data), out);
    case Decoding::int2_decimal: return append_integer_decimal(column, get_int16(data), out);
    case Decoding::int4_decimal: return append_integer_decimal(column, get_int32(data), out);
    case Decoding::int8_decimal: return append_integer_decimal(column, get_int64(data), out);
    case Decoding::float4: out.append_double(std::bit_cast<float>(get_int32(data))); return nullptr;
    case Decoding::float8: out.append_double(std::bit_cast<double>(get_int64(data))); return nullptr;
    case Decoding::bytes:
    case Decoding::uuid: out.append_bytes(binary); return nullptr;
    case Decoding::jsonb: out.append_bytes(binary.substr(1)); return nullptr;
    case Decoding::date: return append_date(column, binary, out);
    case Decoding::time: out.append_int64(get_int64(data)); return nullptr;
    case Decoding::timestamp: return append_timestamp(column, binary, out);
    case Decoding::decimal:
    case Decoding::decimal_integer: return append_decimal(column, binary, out);
    case Decoding::number: out.append_bytes(numeric::decode_text(binary)); return nullptr;
  }
  return "has an unknown decoding";
}

std::string describe_value(const ReadColumn& column, std::string_view binary) {
  if (!is_well_formed(column.decoding, binary)) return "\\x" + arrow::bytes_to_hex(cut_utf8(binary, 32));
  switch (column.decoding) {
    case Decoding::boolean: return binary[0] != 0 ? "true" : "false";
    case Decoding::int2:
    case Decoding::int2_decimal: return std::to_string(get_int16(binary.data()));
    case Decoding::int4:
    case Decoding::int4_decimal: return std::to_string(get_int32(binary.data()));
    case Decoding::int8:
    case Decoding::int8_decimal: return std::to_string(get_int64(binary.data()));
    case Decoding::float4: return arrow::double_to_text(std::bit_cast<float>(get_int32(binary.data())));
    case Decoding::float8: return arrow::double_to_text(std::bit_cast<double>(get_int64(binary.data())));
    case Decoding::bytes: return "'" + cut_utf8(binary, 60) + "'";
    case Decoding::jsonb: return cut_utf8(binary.substr(1), 60);
    case Decoding::uuid: return arrow::uuid_to_text(binary);
    case Decoding::date: {
      const int32_t days = get_int32(binary.data());
      if (days == INT32_MAX) return "infinity";
      return days == INT32_MIN ? "-infinity" : arrow::date_to_text(days + kEpochDays);
    }
    case Decoding::time: return arrow::time_to_text(get_int64(binary.data()));
    case Decoding::timestamp: {
      const int64_t micros = get_int64(binary.data());
      if (micros == INT64_MAX) return "infinity";
      if (micros == INT64_MIN) return "-infinity";
      return micros > INT64_MAX - kEpochMicros ? "a time after the year 294246"
                                               : arrow::timestamp_to_text(micros + kEpochMicros, false);
    }
    default: return numeric::decode_text(binary);
  }
}

}  // namespace sluice::postgres
