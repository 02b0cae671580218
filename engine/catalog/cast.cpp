#include <optional>
#include <string>

#include "base/error.hpp"
#include "catalog/decide.hpp"

namespace sluice::catalog {

namespace {

using arrow::Kind;

bool is_integer(Kind kind) { return kind >= Kind::int8 && kind <= Kind::uint64; }
bool is_unsigned(Kind kind) { return kind >= Kind::uint8 && kind <= Kind::uint64; }
bool is_float(Kind kind) { return kind == Kind::float32 || kind == Kind::float64; }
bool is_exact(Kind kind) { return kind == Kind::decimal || kind == Kind::number; }

int bits_of(Kind kind) {
  const Kind first = is_unsigned(kind) ? Kind::uint8 : Kind::int8;
  return 8 << (static_cast<int>(kind) - static_cast<int>(first));
}

Cast between_integers(Kind from, Kind to) {
  if (is_unsigned(from) == is_unsigned(to)) return bits_of(from) <= bits_of(to) ? Cast::none : Cast::checked;
  return is_unsigned(from) && bits_of(from) < bits_of(to) ? Cast::none : Cast::checked;
}

Cast between_decimals(const Type& from, const Type& to) {
  const bool keeps_all = to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
  return keeps_all ? Cast::none : Cast::checked;
}

std::optional<Cast> from_integer(Kind from, Kind to) {
  if (is_integer(to)) return between_integers(from, to);
  if (to == Kind::boolean) return Cast::integer_boolean;
  if (is_float(to) || is_exact(to)) return Cast::integer_number;
  return std::nullopt;
}

std::optional<Cast> from_float(Kind from, Kind to) {
  if (is_float(to)) return from == Kind::float32 ? Cast::none : Cast::checked;
  if (is_integer(to)) return Cast::checked;
  if (to == Kind::decimal) return Cast::rounded_decimal;
  if (to == Kind::number) return Cast::float_number;
  return std::nullopt;
}

std::optional<Cast> from_exact(const Type& from, const Type& to) {
  if (from.kind == Kind::decimal && to.kind == Kind::decimal) return between_decimals(from, to);
  if (to.kind == Kind::number) return Cast::none;
  if (to.kind == Kind::decimal || is_integer(to.kind)) return Cast::checked;
  if (is_float(to.kind)) return Cast::decimal_float;
  return std::nullopt;
}

std::optional<Cast> from_text(Kind to) {
  if (is_integer(to) || is_float(to) || is_exact(to)) return Cast::text_number;
  switch (to) {
    case Kind::boolean: return Cast::text_boolean;
    case Kind::date: return Cast::text_date;
    case Kind::time: return Cast::text_time;
    case Kind::timestamp: return Cast::text_timestamp;
    case Kind::timestamptz: return Cast::text_timestamptz;
    case Kind::uuid: return Cast::text_uuid;
    case Kind::json: return Cast::text_json;
    case Kind::binary: return Cast::none;
    default: return std::nullopt;
  }
}

std::optional<Cast> from_binary(Kind to) {
  if (to == Kind::text || to == Kind::uuid) return Cast::checked;
  return std::nullopt;
}

std::optional<Cast> find_cast(const Type& from, const Type& to) {
  if (from.kind == to.kind && from.kind != Kind::decimal) return Cast::none;
  if (is_integer(from.kind)) {
    if (const auto cast = from_integer(from.kind, to.kind)) return cast;
  } else if (is_float(from.kind)) {
    if (const auto cast = from_float(from.kind, to.kind)) return cast;
  } else if (is_exact(from.kind)) {
    if (const auto cast = from_exact(from, to)) return cast;
  } else if (from.kind == Kind::text) {
    return from_text(to.kind);
  } else if (from.kind == Kind::binary) {
    if (const auto cast = from_binary(to.kind)) return cast;
  }
  if (from.kind == Kind::boolean && is_integer(to.kind)) return Cast::none;
  if (from.kind == Kind::uuid && to.kind == Kind::binary) return Cast::none;
  if (from.kind == Kind::date && to.kind == Kind::timestamp) return Cast::date_timestamp;
  if (from.kind == Kind::timestamp && to.kind == Kind::date) return Cast::date_timestamp;
  if (from.kind == Kind::timestamp && to.kind == Kind::timestamptz) return Cast::utc_timestamp;
  if (from.kind == Kind::timestamptz && to.kind == Kind::timestamp) return Cast::utc_timestamp;
  if (to.kind == Kind::text) return Cast::to_text;
  return std::nullopt;
}

}  // namespace

Cast cast_between(const Type& from, const Type& to) {
  if (const auto cast = find_cast(from, to)) return *cast;
  throw Error(Code::unsupported, "no cast brings " + arrow::to_text(from) + " to " + arrow::to_text(to),
              "choose another type for the column in the map");
}

}  // namespace sluice::catalog
