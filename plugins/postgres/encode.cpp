#include "encode.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "arrow/infinite.hpp"
#include "arrow/json_escape.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "big_endian.hpp"
#include "numeric.hpp"
#include "quote.hpp"

namespace sluice::postgres {
namespace {

using arrow::Int128;
using arrow::Kind;

bool is_integer_kind(Kind kind) { return kind >= Kind::int8 && kind <= Kind::uint64; }
bool is_text_kind(Kind kind) { return kind == Kind::text || kind == Kind::json || kind == Kind::number; }

std::optional<Encoding> numeric_encoding(Kind source) {
  if (is_integer_kind(source)) return Encoding::integer_numeric;
  if (source == Kind::decimal) return Encoding::decimal_numeric;
  if (source == Kind::number) return Encoding::text_numeric;
  return std::nullopt;
}

std::optional<Encoding> encoding_when(bool fits, Encoding encoding) {
  return fits ? std::optional(encoding) : std::nullopt;
}

std::optional<Encoding> encoding_of(const NativeType& target, Kind source) {
  switch (target.base) {
    case oid::kBool: return encoding_when(source == Kind::boolean, Encoding::boolean);
    case oid::kInt2: return encoding_when(is_integer_kind(source), Encoding::int2);
    case oid::kInt4: return encoding_when(is_integer_kind(source), Encoding::int4);
    case oid::kInt8: return encoding_when(is_integer_kind(source), Encoding::int8);
    case oid::kFloat4: return encoding_when(source == Kind::float32 || source == Kind::float64, Encoding::float4);
    case oid::kFloat8: return encoding_when(source == Kind::float32 || source == Kind::float64, Encoding::float8);
    case oid::kNumeric: return numeric_encoding(source);
    case oid::kDate: return encoding_when(source == Kind::date, Encoding::date);
    case oid::kTime: return encoding_when(source == Kind::time, Encoding::time);
    case oid::kTimestamp: return encoding_when(source == Kind::timestamp, Encoding::timestamp);
    case oid::kTimestamptz: return encoding_when(source == Kind::timestamptz, Encoding::timestamp);
    case oid::kUuid: return encoding_when(source == Kind::uuid, Encoding::uuid);
    case oid::kBytea: return encoding_when(source == Kind::binary, Encoding::binary);
    case oid::kJson: return encoding_when(source == Kind::json || source == Kind::text, Encoding::text);
    case oid::kJsonb: return encoding_when(source == Kind::json || source == Kind::text, Encoding::jsonb);
    default: break;
  }
  if (!is_text_like(target) || !is_text_kind(source)) return std::nullopt;
  return declared_length(target) > 0 ? Encoding::limited_text : Encoding::text;
}

template <typename T>
void limit(LoadColumn& column) {
  column.low = std::numeric_limits<T>::min();
  column.high = std::numeric_limits<T>::max();
}

int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

constexpr auto kPowers = [] {
  std::array<Int128, 39> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

}  // namespace

LoadColumn plan_load_column(const TableShape& shape, const NativeColumn& target, const arrow::Field& source) {
  const std::string label = shape.label() + "." + target.name;
  if (target.is_generated) {
    throw Error(Code::unsupported, label + ": is a generated column, which takes no values", "leave it out of the map");
  }
  const auto encoding = encoding_of(target.type, source.type.kind);
  if (!encoding) {
    throw Error(Code::unsupported,
                label + ": " + arrow::to_text(source.type) + " cannot be loaded into " + target.type.native,
                "map the column to another type");
  }
  LoadColumn column{target.name, source, target.type, *encoding};
  if (column.encoding == Encoding::int2) limit<int16_t>(column);
  if (column.encoding == Encoding::int4) limit<int32_t>(column);
  int precision = 0, scale = 0;
  if (target.type.base == oid::kNumeric && numeric_parts(target.type.modifier, precision, scale)) {
    column.scale = std::max(scale, 0);
  }
  for (int digits = fraction_digits(target.type); digits < 6; ++digits) column.time_unit *= 10;
  column.length = declared_length(target.type);
  return column;
}

RowEncoder::RowEncoder(std::vector<LoadColumn> columns, std::string label)
    : columns_(std::move(columns)),
      label_(std::move(label)),
      row_bytes_(2 + columns_.size() * (4 + numeric::kMaxDecimalBytes)) {
  at_ = grow(64 * 1024, nullptr);
}

char* RowEncoder::grow(size_t bytes, char* at) {
  const size_t used = at == nullptr ? 0 : static_cast<size_t>(at - buffer_.get());
  const size_t capacity = std::max(used + bytes, 2 * static_cast<size_t>(end_ - buffer_.get()));
  std::unique_ptr<char[]> larger(new char[capacity]);
  if (used > 0) std::memcpy(larger.get(), buffer_.get(), used);
  buffer_ = std::move(larger);
  end_ = buffer_.get() + capacity;
  return buffer_.get() + used;
}

void RowEncoder::append_header() {
  constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
  at_ = make_room(32, at_);
  at_ = std::copy(kSignature.begin(), kSignature.end(), at_);
  at_ = put_int32(put_int32(at_, 0), 0);
}

void RowEncoder::append_trailer() {
  at_ = make_room(2, at_);
  at_ = put_int16(at_, -1);
}

void RowEncoder::append_row(const std::vector<arrow::ColumnView>& views, int64_t i, int64_t row_number) {
  char* at = make_room(0, at_);
  at = put_int16(at, static_cast<int16_t>(columns_.size()));
  for (size_t c = 0; c < columns_.size(); ++c) {
    at = views[c].is_null(i) ? put_int32(at, -1) : put_value(columns_[c], views[c], i, at);
    if (at == nullptr) [[unlikely]]
      fail(views, c, i, row_number);
  }
  at_ = at;
}

char* RowEncoder::put_value(const LoadColumn& column, const arrow::ColumnView& view, int64_t i, char* at) {
  switch (column.encoding) {
    case Encoding::boolean:
      at = put_int32(at, 1);
      *at = view.int64(i) != 0 ? 1 : 0;
      return at + 1;
    case Encoding::int2:
    case Encoding::int4:
    case Encoding::int8: return put_integer(column, view, i, at);
    case Encoding::float4:
    case Encoding::float8: return put_float(column, view, i, at);
    case Encoding::date:
    case Encoding::time:
    case Encoding::timestamp: return put_time(column, view.int64(i), at);
    case Encoding::integer_numeric: {
      const int64_t value = view.int64(i);
      const bool is_unsigned = column.source.type.kind == Kind::uint64;
      return put_decimal(column, is_unsigned ? Int128{static_cast<uint64_t>(value)} : Int128{value}, at);
    }
    case Encoding::decimal_numeric: return put_decimal(column, view.decimal(i), at);
    case Encoding::text_numeric: return put_number(column, view.bytes(i), at);
    case Encoding::text:
    case Encoding::limited_text:
    case Encoding::jsonb: return put_text(column, view.bytes(i), at);
    case Encoding::uuid:
    case Encoding::binary: return put_bytes(view.bytes(i), at);
  }
  return refuse("has an unknown encoding");
}

char* RowEncoder::put_integer(const LoadColumn& column, const arrow::ColumnView& view, int64_t i, char* at) {
  const int64_t value = view.int64(i);
  if (column.source.type.kind == Kind::uint64 && value < 0) return refuse("is out of range");
  if (value < column.low || value > column.high) return refuse("is out of range");
  if (column.encoding == Encoding::int8) return put_int64(put_int32(at, 8), value);
  if (column.encoding == Encoding::int4) return put_int32(put_int32(at, 4), static_cast<int32_t>(value));
  return put_int16(put_int32(at, 2), static_cast<int16_t>(value));
}

constexpr const char* kInfinite = "is infinite, or outside the times that PostgreSQL keeps (option infinite = keep takes infinite ones)";

char* RowEncoder::put_time(const LoadColumn& column, int64_t value, char* at) {
  if (column.encoding == Encoding::date) {
    if (arrow::is_infinite_day(value) && !column.keeps_infinite) return refuse(kInfinite);
    if (arrow::is_infinite_day(value)) return put_int32(put_int32(at, 4), value > 0 ? INT32_MAX : INT32_MIN);
    const int64_t days = value - kEpochDays;
    if (days <= INT32_MIN || days >= INT32_MAX) return refuse("is outside the dates that PostgreSQL keeps");
    return put_int32(put_int32(at, 4), static_cast<int32_t>(days));
  }
  if (column.encoding == Encoding::timestamp && arrow::is_infinite_moment(value)) {
    if (!column.keeps_infinite) return refuse(kInfinite);
    return put_int64(put_int32(at, 8), value > 0 ? INT64_MAX : INT64_MIN);
  }
  if (value % column.time_unit != 0) return refuse("has more digits behind the second, which the server would round");
  if (column.encoding == Encoding::timestamp && __builtin_sub_overflow(value, kEpochMicros, &value)) {
    return refuse("is outside the times that PostgreSQL keeps");
  }
  if (value == INT64_MIN) return refuse("is outside the times that PostgreSQL keeps");
  return put_int64(put_int32(at, 8), value);
}

char* RowEncoder::put_float(const LoadColumn& column, const arrow::ColumnView& view, int64_t i, char* at) {
  const double value = view.float64(i);
  if (column.encoding == Encoding::float8) return put_int64(put_int32(at, 8), std::bit_cast<int64_t>(value));
  const auto narrow = static_cast<float>(value);
  if (static_cast<double>(narrow) != value && !std::isnan(value)) return refuse("is not exactly a real of 4 bytes");
  return put_int32(put_int32(at, 4), std::bit_cast<int32_t>(narrow));
}

char* RowEncoder::put_decimal(const LoadColumn& column, Int128 unscaled, char* at) {
  const int scale = column.encoding == Encoding::decimal_numeric ? column.source.type.scale : 0;
  if (column.scale >= 0 && scale > column.scale && unscaled % kPowers[static_cast<size_t>(scale - column.scale)] != 0) {
    return refuse("has more digits behind the point, which the server would round");
  }
  const size_t size = numeric::encode_decimal(unscaled, scale, at + 4);
  return put_int32(at, static_cast<int32_t>(size)) + size;
}

char* RowEncoder::put_number(const LoadColumn& column, std::string_view text, char* at) {
  scratch_.clear();
  int digits = 0;
  if (!numeric::encode_text(text, scratch_, &digits)) return refuse("is not a number that PostgreSQL keeps");
  if (column.scale >= 0 && digits > column.scale) {
    return refuse("has more digits behind the point, which the server would round");
  }
  return put_bytes(scratch_, at);
}

char* RowEncoder::put_text(const LoadColumn& column, std::string_view text, char* at) {
  if (!text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr) {
    return refuse("holds a NUL byte, which PostgreSQL text cannot keep");
  }
  if (column.encoding == Encoding::limited_text && static_cast<int64_t>(text.size()) > column.length &&
      characters(text) > column.length) {
    return refuse("is longer than the column");
  }
  if (column.encoding != Encoding::jsonb) return put_bytes(text, at);
  // The server would refuse both, too, but could not say in which row.
  if (arrow::has_escaped_nul(text)) return refuse("holds \\u0000, which jsonb cannot keep");
  if (arrow::has_half_pair(text)) return refuse("holds half of a surrogate pair, which jsonb cannot keep");
  at = make_room(text.size() + 1, at);
  at = put_int32(at, static_cast<int32_t>(text.size() + 1));
  *at++ = 1;  // the version of jsonb's binary form
  return std::copy(text.begin(), text.end(), at);
}

char* RowEncoder::put_bytes(std::string_view bytes, char* at) {
  at = make_room(bytes.size(), at);
  at = put_int32(at, static_cast<int32_t>(bytes.size()));
  return std::copy(bytes.begin(), bytes.end(), at);
}

void RowEncoder::fail(const std::vector<arrow::ColumnView>& views, size_t column, int64_t i, int64_t row_number) const {
  std::string row = "row " + std::to_string(row_number);
  if (column != 0 && !views[0].is_null(i)) {
    row += ", " + columns_[0].name + " = " + cut_utf8(arrow::value_to_text(views[0], i), 60);
  }
  std::string value = cut_utf8(arrow::value_to_text(views[column], i), 60);
  std::replace(value.begin(), value.end(), '\0', '?');
  throw Error(Code::data,
              label_ + " (" + row + "), column " + columns_[column].name + ": " + value + " " + why_ + " (" +
                  columns_[column].target.native + ")",
              "widen the column, or map it with a cast");
}

}  // namespace sluice::postgres
