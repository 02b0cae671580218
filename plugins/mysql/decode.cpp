#include "decode.hpp"

#include <chrono>
#include <limits>
#include <optional>

#include "arrow/text.hpp"
#include "base/utf8.hpp"
#include "quote.hpp"

namespace sluice::mysql {
namespace {

using arrow::ColumnBuilder;
using arrow::Int128;
using arrow::Kind;
using arrow::Type;
using Form = WireValue::Form;

constexpr const char* kNoWay = "is of another kind";
constexpr const char* kOutOfRange = "is out of range";
constexpr int64_t kMicrosOfDay = 86'400'000'000;

bool is_integer(const WireValue& value) { return value.form == Form::integer || value.form == Form::natural; }
bool is_moment(const WireValue& value) { return value.form == Form::date || value.form == Form::datetime || value.form == Form::span; }

Int128 wide(const WireValue& value) {
  return value.form == Form::natural ? static_cast<Int128>(static_cast<uint64_t>(value.integer)) : static_cast<Int128>(value.integer);
}

std::string integer_to_text(const WireValue& value) { return arrow::decimal_to_text(wide(value), 0); }

struct Range {
  Int128 low, high;
};

Range range_of(Kind kind) {
  switch (kind) {
    case Kind::boolean: return {0, 1};
    case Kind::int8: return {INT8_MIN, INT8_MAX};
    case Kind::int16: return {INT16_MIN, INT16_MAX};
    case Kind::int32: return {INT32_MIN, INT32_MAX};
    case Kind::uint8: return {0, UINT8_MAX};
    case Kind::uint16: return {0, UINT16_MAX};
    case Kind::uint32: return {0, UINT32_MAX};
    case Kind::uint64: return {0, UINT64_MAX};
    default: return {INT64_MIN, INT64_MAX};
  }
}

const char* append_integer(const WireValue& value, Kind kind, ColumnBuilder& out) {
  if (!is_integer(value)) return kNoWay;
  const Range range = range_of(kind);
  const Int128 number = wide(value);
  if (number < range.low || number > range.high) return kOutOfRange;
  out.append_int64(value.integer);
  return nullptr;
}

const char* append_decimal(const WireValue& value, const Type& type, ColumnBuilder& out) {
  std::optional<Int128> unscaled;
  if (value.form == Form::bytes) unscaled = arrow::decimal_from_text(value.bytes, type.precision, type.scale);
  if (is_integer(value)) unscaled = arrow::decimal_from_text(integer_to_text(value), type.precision, type.scale);
  if (!unscaled) return value.form == Form::bytes || is_integer(value) ? kOutOfRange : kNoWay;
  out.append_decimal(*unscaled);
  return nullptr;
}

const char* append_number(const WireValue& value, ColumnBuilder& out) {
  if (value.form == Form::bytes) {
    out.append_bytes(value.bytes);
  } else if (is_integer(value)) {
    out.append_bytes(integer_to_text(value));
  } else {
    return kNoWay;
  }
  return nullptr;
}

const char* append_text(const ReadColumn& column, const WireValue& value, ColumnBuilder& out) {
  const bool is_date = value.form == Form::date || value.form == Form::datetime;
  if (is_date && !column.zero_dates.are_refused() && value.moment.is_zero_date()) {
    const auto& date = column.zero_dates.date();
    date ? out.append_bytes(moment_to_text(*date, value.form)) : out.append_null();
  } else if (value.form == Form::bytes) {
    out.append_bytes(value.bytes);
  } else if (is_integer(value)) {
    out.append_bytes(integer_to_text(value));
  } else if (is_moment(value)) {
    out.append_bytes(moment_to_text(value.moment, value.form));
  } else {
    out.append_bytes(arrow::double_to_text(value.real));
  }
  return nullptr;
}

const char* append_uuid(const WireValue& value, ColumnBuilder& out) {
  if (value.form != Form::bytes) return kNoWay;
  if (value.bytes.size() == 16) {
    out.append_bytes(value.bytes);
    return nullptr;
  }
  const auto bytes = arrow::uuid_from_text(value.bytes);
  if (!bytes) return "is not a uuid";
  out.append_bytes(*bytes);
  return nullptr;
}

bool is_in_calendar(const Moment& moment) {
  using namespace std::chrono;
  return year_month_day(year(static_cast<int>(moment.year)), month(static_cast<unsigned>(moment.month)), day(static_cast<unsigned>(moment.day))).ok();
}

const char* append_moment(const ReadColumn& column, const WireValue& value, ColumnBuilder& out) {
  if (value.form != Form::date && value.form != Form::datetime) return kNoWay;
  const bool is_zero = value.moment.is_zero_date();
  if (is_zero && column.zero_dates.are_refused()) {
    return "is a date without month or day (option zero_dates = null makes it NULL, zero_dates = 1970-01-01 that date)";
  }
  if (is_zero && column.zero_dates.are_null()) {
    out.append_null();
    return nullptr;
  }
  // ALLOW_INVALID_DATES lets the server keep them; by counting days they would become others.
  if (!is_zero && !is_in_calendar(value.moment)) return "is no day of the calendar; map the column to text, or clean it";
  const Moment& moment = is_zero ? *column.zero_dates.date() : value.moment;
  if (column.field.type.kind == Kind::date) {
    if (value.form != Form::date) return kNoWay;
    out.append_int64(days_of(moment));
  } else {
    out.append_int64(micros_of(moment, value.form));
  }
  return nullptr;
}

const char* append_time(const WireValue& value, ColumnBuilder& out) {
  if (value.form != Form::span) return kNoWay;
  const int64_t micros = micros_of(value.moment, value.form);
  // PostgreSQL has 24:00:00, the end of a day.
  if (micros < 0 || micros > kMicrosOfDay) return "is no time of day (map the column to text to keep it)";
  out.append_int64(micros);
  return nullptr;
}

}  // namespace

ReadColumn plan_read_column(const NativeColumn& column, const Type& wanted, const ZeroDates& zero_dates) {
  const std::string name = quote_name(column.name);
  ReadColumn read;
  read.name = column.name;
  read.expression = is_geometry(column) ? "ST_AsWKB(" + name + ")" : name;
  read.field = {column.name, wanted, column.nullable || zero_dates.are_null(), column.native};
  read.zero_dates = zero_dates;
  return read;
}

const char* append_value(const ReadColumn& column, const WireValue& value, ColumnBuilder& out) {
  const Type& type = column.field.type;
  switch (type.kind) {
    case Kind::decimal: return append_decimal(value, type, out);
    case Kind::number: return append_number(value, out);
    case Kind::text: return append_text(column, value, out);
    case Kind::uuid: return append_uuid(value, out);
    case Kind::date:
    case Kind::timestamp:
    case Kind::timestamptz: return append_moment(column, value, out);
    case Kind::time: return append_time(value, out);
    case Kind::float32:
    case Kind::float64:
      if (value.form != Form::real) return kNoWay;
      out.append_double(value.real);
      return nullptr;
    case Kind::binary:
    case Kind::json:
      if (value.form != Form::bytes) return kNoWay;
      out.append_bytes(value.bytes);
      return nullptr;
    default: return append_integer(value, type.kind, out);
  }
}

std::string describe_value(const WireValue& value) {
  constexpr size_t kShown = 200;
  if (is_integer(value)) return integer_to_text(value);
  if (value.form == Form::real) return arrow::double_to_text(value.real);
  if (is_moment(value)) return moment_to_text(value.moment, value.form);
  if (!arrow::is_valid_utf8(value.bytes)) return "\\x" + arrow::bytes_to_hex(value.bytes.substr(0, kShown));
  return "'" + std::string(utf8_truncate(value.bytes, kShown)) + (value.bytes.size() > kShown ? "...'" : "'");
}

}  // namespace sluice::mysql
