#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "arrow/canonical.hpp"
#include "arrow/text.hpp"
#include "copy/convert_cast.hpp"
#include "copy/convert_real.hpp"

namespace sluice::copy {

namespace {

using arrow::Int128;
using arrow::Kind;
using catalog::Cast;

constexpr int kMostDigits = 38;
constexpr int64_t kExactDouble = int64_t{1} << 53;
constexpr int kExactPowers = 22;

struct IntegerRange {
  Int128 low = 0;
  Int128 high = 0;
  bool contains(Int128 value) const { return value >= low && value <= high; }
};

template <typename T>
IntegerRange range() {
  return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

IntegerRange range_of(Kind kind) {
  switch (kind) {
    case Kind::int8: return range<int8_t>();
    case Kind::int16: return range<int16_t>();
    case Kind::int32: return range<int32_t>();
    case Kind::uint8: return range<uint8_t>();
    case Kind::uint16: return range<uint16_t>();
    case Kind::uint32: return range<uint32_t>();
    case Kind::uint64: return range<uint64_t>();
    default: return range<int64_t>();
  }
}

Int128 integer_at(const arrow::ColumnView& in, int64_t row) {
  const int64_t value = in.int64(row);
  return in.type().kind == Kind::uint64 ? Int128{static_cast<uint64_t>(value)} : Int128{value};
}

void append_integer(const ColumnCast& cast, const IntegerRange& range, int64_t row, Int128 value) {
  if (!range.contains(value)) cast.refuse(row, arrow::to_text(cast.to()));
  cast.out.append_int64(static_cast<int64_t>(value));
}

void integer_to_integer(const ColumnCast& cast) {
  const IntegerRange range = range_of(cast.to().kind);
  cast.for_each([&](int64_t row) { append_integer(cast, range, row, integer_at(cast.in, row)); });
}

void integer_to_boolean(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const int64_t value = cast.in.int64(row);
    if (value != 0 && value != 1) cast.refuse(row, "0 or 1");
    cast.out.append_int64(value);
  });
}

void append_decimal(const ColumnCast& cast, int64_t row, const std::optional<Int128>& value) {
  if (!value) cast.refuse(row, "a value that fits " + arrow::to_text(cast.to()));
  cast.out.append_decimal(*value);
}

std::optional<Int128> rescaled(Int128 value, int from_scale, const arrow::Type& to) {
  const Int128 limit = power_of_ten(to.precision);
  if (to.scale < from_scale) {
    const Int128 power = power_of_ten(from_scale - to.scale);
    if (value % power != 0) return std::nullopt;
    value /= power;
  } else {
    const Int128 power = power_of_ten(to.scale - from_scale);
    if (value > (limit - 1) / power || value < -((limit - 1) / power)) return std::nullopt;
    value *= power;
  }
  if (value >= limit || value <= -limit) return std::nullopt;
  return value;
}

void integer_to_decimal(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) { append_decimal(cast, row, rescaled(integer_at(cast.in, row), 0, cast.to())); });
}

void integer_to_float(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const Int128 value = integer_at(cast.in, row);
    auto real = static_cast<double>(value);
    if (cast.to().kind == Kind::float32) real = static_cast<float>(real);
    if (static_cast<Int128>(real) != value) cast.refuse(row, "an integer that a double holds exactly");
    cast.out.append_double(real);
  });
}

void integer_to_number(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) { cast.out.append_bytes(arrow::decimal_to_text(integer_at(cast.in, row), 0)); });
}

void float_to_float(const ColumnCast& cast) {
  const bool narrows = cast.to().kind == Kind::float32;
  cast.for_each([&](int64_t row) {
    const double value = cast.in.float64(row);
    const double kept = narrows ? static_cast<double>(static_cast<float>(value)) : value;
    if (kept != value && !std::isnan(value)) cast.refuse(row, "a value that float32 holds exactly");
    cast.out.append_double(value);
  });
}

void float_to_integer(const ColumnCast& cast) {
  constexpr double kBeyondAll = 18446744073709551616.0;  // 2^64
  const IntegerRange range = range_of(cast.to().kind);
  cast.for_each([&](int64_t row) {
    const double value = cast.in.float64(row);
    if (value != std::trunc(value) || std::fabs(value) > kBeyondAll) cast.refuse(row, arrow::to_text(cast.to()));
    append_integer(cast, range, row, static_cast<Int128>(value));
  });
}

template <Rounding kRounding>
void float_to_decimal(const ColumnCast& cast) {
  const arrow::Type to = cast.to();
  const bool is_single = cast.from().kind == Kind::float32;
  const ShortDecimals short_ones(to.precision, is_single ? -1 : to.scale);
  cast.for_each([&](int64_t row) {
    const double value = cast.in.float64(row);
    int64_t unscaled = 0;
    if (short_ones.convert(value, unscaled)) return cast.out.append_decimal(unscaled);
    append_decimal(cast, row, decimal_from_real(value, to.precision, to.scale, kRounding, is_single));
  });
}

void float_to_number(const ColumnCast& cast) {
  const bool is_single = cast.from().kind == Kind::float32;
  cast.for_each([&](int64_t row) { cast.out.append_bytes(number_from_real(cast.in.float64(row), is_single)); });
}

void decimal_to_decimal(const ColumnCast& cast) {
  const int scale = cast.from().scale;
  cast.for_each([&](int64_t row) { append_decimal(cast, row, rescaled(cast.in.decimal(row), scale, cast.to())); });
}

void decimal_to_number(const ColumnCast& cast) {
  const int scale = cast.from().scale;
  cast.for_each([&](int64_t row) { cast.out.append_bytes(arrow::decimal_to_text(cast.in.decimal(row), scale)); });
}

void decimal_to_integer(const ColumnCast& cast) {
  const IntegerRange range = range_of(cast.to().kind);
  const arrow::Type whole{Kind::decimal, kMostDigits, 0};
  cast.for_each([&](int64_t row) {
    const auto value = rescaled(cast.in.decimal(row), cast.from().scale, whole);
    if (!value) cast.refuse(row, arrow::to_text(cast.to()));
    append_integer(cast, range, row, *value);
  });
}

void append_real_text(const ColumnCast& cast, int64_t row, std::string_view text) {
  const auto value = arrow::double_from_text(text);
  if (!value) cast.refuse(row, "a number that a double can hold");
  if (cast.to().kind == Kind::float32 && std::isfinite(*value) && std::isinf(static_cast<float>(*value))) {
    cast.refuse(row, "a number that float32 can hold");
  }
  cast.out.append_double(*value);
}

void decimal_to_float(const ColumnCast& cast) {
  const int scale = cast.from().scale;
  cast.for_each([&](int64_t row) {
    const Int128 value = cast.in.decimal(row);
    const bool is_exact = scale <= kExactPowers && value >= -kExactDouble && value <= kExactDouble;
    // Both are exact doubles then, so that their quotient is the nearest double.
    if (is_exact && cast.to().kind == Kind::float64) {
      return cast.out.append_double(static_cast<double>(value) / static_cast<double>(power_of_ten(scale)));
    }
    append_real_text(cast, row, arrow::decimal_to_text(value, scale));
  });
}

void number_to_decimal(const ColumnCast& cast) {
  const arrow::Type to = cast.to();
  cast.for_each([&](int64_t row) {
    append_decimal(cast, row, arrow::decimal_from_text(cast.in.bytes(row), to.precision, to.scale));
  });
}

void number_to_integer(const ColumnCast& cast) {
  const IntegerRange range = range_of(cast.to().kind);
  cast.for_each([&](int64_t row) {
    const auto value = arrow::decimal_from_text(cast.in.bytes(row), kMostDigits, 0);
    if (!value) cast.refuse(row, arrow::to_text(cast.to()));
    append_integer(cast, range, row, *value);
  });
}

void number_to_float(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) { append_real_text(cast, row, cast.in.bytes(row)); });
}

bool is_number_text(std::string_view text, arrow::CanonicalWriter& scratch) {
  if (text == "NaN" || text == "Infinity" || text == "-Infinity") return true;
  scratch.clear();
  arrow::append_canonical_number(scratch, text);
  return scratch.data()[0] != static_cast<char>(arrow::CanonicalTag::no_number);
}

void text_to_number(const ColumnCast& cast) {
  arrow::CanonicalWriter scratch;
  cast.for_each([&](int64_t row) {
    const std::string_view text = cast.in.bytes(row);
    if (!is_number_text(text, scratch)) cast.refuse(row, "a decimal number");
    cast.out.append_bytes(text);
  });
}

CastFunction from_integer(const arrow::Type& to) {
  if (is_integer(to.kind)) return integer_to_integer;
  if (is_float(to.kind)) return integer_to_float;
  if (to.kind == Kind::boolean) return integer_to_boolean;
  if (to.kind == Kind::decimal) return integer_to_decimal;
  return to.kind == Kind::number ? integer_to_number : nullptr;
}

CastFunction from_float(Cast cast, const arrow::Type& to) {
  if (is_float(to.kind)) return float_to_float;
  if (is_integer(to.kind)) return float_to_integer;
  if (to.kind == Kind::number) return float_to_number;
  if (to.kind != Kind::decimal) return nullptr;
  return cast == Cast::exact_decimal ? float_to_decimal<Rounding::exact> : float_to_decimal<Rounding::half_away>;
}

CastFunction from_decimal(const arrow::Type& to) {
  if (is_integer(to.kind)) return decimal_to_integer;
  if (is_float(to.kind)) return decimal_to_float;
  if (to.kind == Kind::number) return decimal_to_number;
  return to.kind == Kind::decimal ? decimal_to_decimal : nullptr;
}

CastFunction from_digits(const arrow::Type& from, const arrow::Type& to) {
  if (is_integer(to.kind)) return number_to_integer;
  if (is_float(to.kind)) return number_to_float;
  if (to.kind == Kind::decimal) return number_to_decimal;
  return to.kind == Kind::number && from.kind == Kind::text ? text_to_number : nullptr;
}

}  // namespace

CastFunction find_number_cast(Cast cast, const arrow::Type& from, const arrow::Type& to) {
  if (cast == Cast::to_text) return nullptr;
  if (is_integer(from.kind)) return from_integer(to);
  if (from.kind == Kind::boolean && is_integer(to.kind)) return integer_to_integer;
  if (is_float(from.kind)) return from_float(cast, to);
  if (from.kind == Kind::decimal) return from_decimal(to);
  if (from.kind == Kind::number || from.kind == Kind::text) return from_digits(from, to);
  return nullptr;
}

}  // namespace sluice::copy
