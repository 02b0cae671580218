#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "arrow/builder.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "catalog/decide.hpp"
#include "copy/convert.hpp"
#include "copy/convert_real.hpp"

namespace sluice::copy {
namespace {

using arrow::Kind;
using arrow::Type;
using catalog::Cast;
using testing::HasSubstr;

catalog::ColumnMapping column(const std::string& name, const Type& carrier, const Type& compare, Cast cast) {
  catalog::ColumnMapping mapping;
  mapping.source = mapping.target = name;
  mapping.source_carrier = mapping.target_carrier = carrier;
  mapping.compare = compare;
  mapping.source_cast = mapping.target_cast = cast;
  return mapping;
}

void append_text_value(arrow::ColumnBuilder& out, const std::string& text) {
  switch (out.field().type.kind) {
    case Kind::float32:
    case Kind::float64: return out.append_double(*arrow::double_from_text(text));
    case Kind::decimal: return out.append_decimal(*arrow::decimal_from_text(text, 38, out.field().type.scale));
    case Kind::text:
    case Kind::number:
    case Kind::json:
    case Kind::binary:
    case Kind::uuid: return out.append_bytes(text);
    case Kind::timestamp: return out.append_int64(arrow::timestamp_from_text(text)->micros);
    case Kind::date: return out.append_int64(*arrow::date_from_text(text));
    case Kind::uint64: return out.append_int64(static_cast<int64_t>(std::stoull(text)));
    default: return out.append_int64(*arrow::int64_from_text(text));
  }
}

/// What a value of `from` becomes as `to` under the cast, as text; or the error.
std::string converted_text(const Type& from, const Type& to, Cast cast, const std::string& value) try {
  catalog::TableMapping table;
  table.source_table = table.target_table = "t";
  table.columns = {column("v", from, to, cast)};
  arrow::BatchBuilder builder(carrier_fields(table, Side::source));
  append_text_value(builder.column(0), value);
  Converter converter(table, Side::source);
  const arrow::Array batch = converter.convert(builder.finish());
  return arrow::value_to_text(arrow::view_batch(compare_fields(table), *batch)[0], 0);
} catch (const Error& error) {
  return "error: " + error.message();
}

std::string converted_text(const Type& from, const Type& to, const std::string& value) {
  return converted_text(from, to, catalog::cast_between(from, to), value);
}

constexpr Type kReal{Kind::float64};
constexpr Type kPrice{Kind::decimal, 10, 2};
constexpr Type kText{Kind::text};
constexpr Type kLong{Kind::int64};

TEST(RoundedDecimal, RoundsHalfAwayFromZeroOnTheShortestText) {
  EXPECT_EQ(converted_text(kReal, kPrice, "0.99"), "0.99");
  EXPECT_EQ(converted_text(kReal, kPrice, "1.005"), "1.01");
  EXPECT_EQ(converted_text(kReal, kPrice, "-1.005"), "-1.01");
  EXPECT_EQ(converted_text(kReal, kPrice, "1.0049999"), "1.00");
  EXPECT_EQ(converted_text(kReal, kPrice, "2.675"), "2.68");
  EXPECT_EQ(converted_text(kReal, kPrice, "0.004"), "0.00");
  EXPECT_EQ(converted_text(kReal, kPrice, "1e-300"), "0.00");
  EXPECT_EQ(converted_text(kReal, kPrice, "99999999.99"), "99999999.99");
  EXPECT_EQ(converted_text(kReal, {Kind::decimal, 20, 6}, "60012.665"), "60012.665000");
  EXPECT_EQ(converted_text(kReal, {Kind::decimal, 38, 0}, "1e22"), "10000000000000000000000");
  EXPECT_EQ(converted_text(kReal, {Kind::decimal, 38, 2}, "123456789012345678"), "123456789012345680.00");
}

TEST(RoundedDecimal, RefusesWhatDoesNotFit) {
  for (const char* value : {"100000000", "-100000000", "99999999.995", "1e300", "NaN", "Infinity"}) {
    EXPECT_THAT(converted_text(kReal, kPrice, value),
                HasSubstr("t, column v: expected a value that fits decimal(10,2)"))
        << value;
  }
}

TEST(ExactDecimal, RefusesWhatWouldRound) {
  EXPECT_EQ(converted_text(kReal, kPrice, Cast::exact_decimal, "1.25"), "1.25");
  EXPECT_THAT(converted_text(kReal, kPrice, Cast::exact_decimal, "1.005"), HasSubstr("found '1.005'"));
}

TEST(DecimalFromReal, AgreesWithTheTextOfEveryDouble) {
  for (int64_t cents = -2'000'000; cents < 2'000'000; cents += 7) {
    const double value = static_cast<double>(cents) / 100;
    ASSERT_EQ(decimal_from_real(value, 15, 2, Rounding::exact, false), arrow::Int128{cents}) << value;
  }
  uint64_t state = 1;
  for (int i = 0; i < 200'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const double value = static_cast<double>(static_cast<int64_t>(state)) / 1e13;
    const auto exact = decimal_from_real(value, 38, 18, Rounding::exact, false);
    const auto expected = arrow::decimal_from_text(arrow::double_to_text(value), 38, 18);
    ASSERT_EQ(exact, expected) << arrow::double_to_text(value);
  }
}

TEST(NumberFromReal, IsPlainAndShortest) {
  EXPECT_EQ(number_from_real(0.1, false), "0.1");
  EXPECT_EQ(number_from_real(-1e23, false), "-100000000000000000000000");
  EXPECT_EQ(number_from_real(1.5e-7, false), "0.00000015");
  EXPECT_EQ(number_from_real(-0.0, false), "0");
  EXPECT_EQ(number_from_real(12.5, false), "12.5");
  EXPECT_EQ(number_from_real(0.1f, true), "0.1");
}

TEST(IntegerCasts, CheckTheRange) {
  EXPECT_EQ(converted_text(kLong, {Kind::int32}, "2147483647"), "2147483647");
  EXPECT_THAT(converted_text(kLong, {Kind::int32}, "2147483648"), HasSubstr("expected int32, found '2147483648'"));
  EXPECT_EQ(converted_text({Kind::uint64}, kLong, "9223372036854775807"), "9223372036854775807");
  EXPECT_THAT(converted_text({Kind::uint64}, kLong, "9223372036854775808"), HasSubstr("error"));
  EXPECT_THAT(converted_text(kLong, {Kind::uint64}, "-1"), HasSubstr("error"));
  EXPECT_EQ(converted_text({Kind::uint64}, {Kind::decimal, 20, 0}, "18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(converted_text(kLong, kReal, "9007199254740992"), "9007199254740992");
  EXPECT_THAT(converted_text(kLong, kReal, "9007199254740993"), HasSubstr("error"));
  EXPECT_THAT(converted_text(kLong, kReal, "9223372036854775807"), HasSubstr("error"));
  EXPECT_EQ(converted_text(kLong, {Kind::boolean}, "1"), "true");
  EXPECT_THAT(converted_text(kLong, {Kind::boolean}, "2"), HasSubstr("expected 0 or 1, found '2'"));
  EXPECT_THAT(converted_text(kLong, kPrice, "123456789"), HasSubstr("error"));
}

TEST(RealCasts, CheckTheRange) {
  EXPECT_EQ(converted_text(kReal, kLong, "-3"), "-3");
  EXPECT_THAT(converted_text(kReal, kLong, "1.5"), HasSubstr("error"));
  EXPECT_THAT(converted_text(kReal, kLong, "9223372036854775808"), HasSubstr("error"));
  EXPECT_THAT(converted_text(kReal, kLong, "NaN"), HasSubstr("error"));
  EXPECT_THAT(converted_text(kReal, {Kind::float32}, "0.1"), HasSubstr("error"));
  EXPECT_EQ(converted_text(kReal, {Kind::float32}, "0.5"), "0.5");
}

TEST(DecimalCasts, KeepTheValueOrRefuse) {
  EXPECT_EQ(converted_text(kPrice, {Kind::decimal, 12, 4}, "1.25"), "1.2500");
  EXPECT_EQ(converted_text(kPrice, {Kind::decimal, 10, 1}, "1.20"), "1.2");
  EXPECT_THAT(converted_text(kPrice, {Kind::decimal, 10, 1}, "1.25"), HasSubstr("error"));
  EXPECT_THAT(converted_text(kPrice, {Kind::decimal, 4, 2}, "100.00"), HasSubstr("error"));
  EXPECT_EQ(converted_text(kPrice, {Kind::number}, "1.20"), "1.20");
  EXPECT_EQ(converted_text({Kind::number}, kPrice, "1.2"), "1.20");
  EXPECT_THAT(converted_text({Kind::number}, kPrice, "NaN"), HasSubstr("error"));
  EXPECT_EQ(converted_text(kPrice, kLong, "7.00"), "7");
  EXPECT_THAT(converted_text(kPrice, kLong, "7.01"), HasSubstr("error"));
  EXPECT_EQ(converted_text(kPrice, kReal, "0.10"), "0.1");
  EXPECT_EQ(converted_text({Kind::decimal, 38, 10}, kReal, "12345678901234567890.1"), "1.2345678901234567e+19");
}

TEST(TextCasts, ReadWhatTheyPromise) {
  EXPECT_EQ(converted_text(kText, {Kind::boolean}, "Yes"), "true");
  EXPECT_EQ(converted_text(kText, {Kind::boolean}, "f"), "false");
  EXPECT_EQ(converted_text(kText, {Kind::date}, "2026-01-31"), "2026-01-31");
  EXPECT_EQ(converted_text(kText, {Kind::date}, "2026-01-31 00:00:00"), "2026-01-31");
  EXPECT_EQ(converted_text(kText, {Kind::timestamp}, "2026-01-31T13:05:00.25"), "2026-01-31 13:05:00.25");
  EXPECT_EQ(converted_text(kText, {Kind::timestamptz}, "2026-01-31 13:05:00+02"), "2026-01-31 11:05:00+00");
  EXPECT_EQ(converted_text(kText, {Kind::timestamptz}, "2026-01-31 13:05:00"), "2026-01-31 13:05:00+00");
  EXPECT_EQ(converted_text(kText, kPrice, "12.5"), "12.50");
  EXPECT_EQ(converted_text(kText, {Kind::number}, "-12345678901234567890.25"), "-12345678901234567890.25");
  EXPECT_EQ(converted_text(kText, kLong, "42"), "42");
  EXPECT_EQ(converted_text(kText, {Kind::json}, R"({"a": 1})"), R"({"a": 1})");
  EXPECT_EQ(converted_text(kText, {Kind::uuid}, "{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}"),
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(converted_text({Kind::timestamp}, {Kind::date}, "2026-01-31"), "2026-01-31");
  EXPECT_EQ(converted_text({Kind::date}, {Kind::timestamp}, "1969-12-31"), "1969-12-31 00:00:00");
  EXPECT_EQ(converted_text(kPrice, kText, "1.20"), "1.20");
  EXPECT_EQ(converted_text({Kind::binary}, kText, "caf\xc3\xa9"), "caf\xc3\xa9");
}

TEST(TextCasts, RefuseEverythingElse) {
  const std::vector<std::pair<Type, std::string>> cases = {{{Kind::boolean}, "maybe"},
                                                           {{Kind::date}, "2026-02-30"},
                                                           {{Kind::date}, "2026-01-31 01:00"},
                                                           {{Kind::date}, "1769817600"},
                                                           {{Kind::timestamp}, "2026-01-31 13:05:00+02"},
                                                           {{Kind::timestamp}, ""},
                                                           {{Kind::timestamptz}, "tomorrow"},
                                                           {kPrice, "12.345"},
                                                           {kPrice, "abc"},
                                                           {{Kind::number}, "1,5"},
                                                           {{Kind::number}, ""},
                                                           {kLong, "1.5"},
                                                           {{Kind::json}, "{"},
                                                           {{Kind::uuid}, "a0eebc99"},
                                                           {kReal, "1.5x"},
                                                           {{Kind::time}, "25:00"}};
  for (const auto& [type, text] : cases) {
    EXPECT_THAT(converted_text(kText, type, text), HasSubstr("found '" + text + "'")) << arrow::to_text(type);
  }
  EXPECT_THAT(converted_text({Kind::binary}, kText, "\xff"), HasSubstr("expected UTF-8 text"));
  EXPECT_THAT(converted_text({Kind::timestamp}, {Kind::date}, "2026-01-31 00:00:01"), HasSubstr("error"));
}

TEST(Converter, NamesTableKeyColumnAndValue) {
  catalog::TableMapping table;
  table.source_table = "orders";
  table.target_table = "orders_new";
  table.key = {"id"};
  table.columns = {column("id", kLong, kLong, Cast::none), column("total", kText, kPrice, Cast::text_number)};
  arrow::BatchBuilder builder(carrier_fields(table, Side::source));
  for (const auto& [id, total] : {std::pair{6, "1.5"}, std::pair{7, "lots"}}) {
    builder.column(0).append_int64(id);
    builder.column(1).append_bytes(total);
  }
  Converter converter(table, Side::source);
  try {
    converter.convert(builder.finish());
    FAIL() << "a text that is no number was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::data);
    EXPECT_EQ(error.message(), "orders (id=7), column total: expected a value that fits decimal(10,2), found 'lots'");
  }
}

TEST(Converter, PassesEqualFormsOnWithoutACopy) {
  catalog::TableMapping table;
  table.columns = {column("id", kLong, kLong, Cast::none), column("name", kText, {Kind::text, 0, 0, 40}, Cast::none),
                   column("price", kReal, kPrice, Cast::rounded_decimal)};
  arrow::BatchBuilder builder(carrier_fields(table, Side::source));
  builder.column(0).append_int64(1);
  builder.column(1).append_bytes("x");
  builder.column(2).append_null();
  arrow::Array batch = builder.finish();
  const void* ids = batch->children[0]->buffers[1];
  const void* names = batch->children[1]->buffers[2];
  Converter converter(table, Side::source);
  batch = converter.convert(std::move(batch));
  EXPECT_EQ(batch->children[0]->buffers[1], ids);
  EXPECT_EQ(batch->children[1]->buffers[2], names);
  const auto views = arrow::view_batch(compare_fields(table), *batch);
  EXPECT_EQ(views[0].int64(0), 1);
  EXPECT_EQ(views[1].bytes(0), "x");
  EXPECT_TRUE(views[2].is_null(0));
}

TEST(Converter, HonoursTheOffsetOfABatch) {
  catalog::TableMapping table;
  table.columns = {column("id", kLong, kLong, Cast::none), column("n", kLong, {Kind::int32}, Cast::checked)};
  arrow::BatchBuilder builder(carrier_fields(table, Side::source));
  for (int i = 0; i < 5; ++i) {
    if (i == 3) {
      builder.column(0).append_null();
    } else {
      builder.column(0).append_int64(i);
    }
    builder.column(1).append_int64(i * 10);
  }
  arrow::Array batch = builder.finish();
  batch->offset = 2;
  batch->length = 2;
  Converter converter(table, Side::source);
  batch = converter.convert(std::move(batch));
  ASSERT_EQ(batch->length, 2);
  const auto views = arrow::view_batch(compare_fields(table), *batch);
  EXPECT_EQ(views[0].int64(0), 2);
  EXPECT_TRUE(views[0].is_null(1));
  EXPECT_EQ(views[1].int64(0), 20);
  EXPECT_EQ(views[1].int64(1), 30);
}

TEST(Converter, EveryCastThatCanBeDecidedIsBuilt) {
  const std::vector<Type> types = {
      {Kind::boolean},   {Kind::int8},        {Kind::int32},   {Kind::int64}, {Kind::uint32},
      {Kind::uint64},    {Kind::float32},     {Kind::float64}, kPrice,        {Kind::decimal, 20, 6},
      {Kind::number},    {Kind::text},        {Kind::binary},  {Kind::date},  {Kind::time},
      {Kind::timestamp}, {Kind::timestamptz}, {Kind::uuid},    {Kind::json}};
  for (const Type& from : types) {
    for (const Type& to : types) {
      Cast cast = Cast::none;
      try {
        cast = catalog::cast_between(from, to);
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::unsupported);
        continue;
      }
      catalog::TableMapping table;
      table.columns = {column("v", from, to, cast)};
      EXPECT_NO_THROW(Converter(table, Side::source)) << arrow::to_text(from) << " to " << arrow::to_text(to);
    }
  }
}

}  // namespace
}  // namespace sluice::copy
