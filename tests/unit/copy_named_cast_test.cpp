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

namespace sluice::copy {
namespace {

using arrow::Kind;
using arrow::Type;
using catalog::CastCall;
using catalog::CastStep;
using testing::HasSubstr;
using namespace std::string_literals;

constexpr Type kText{Kind::text};
constexpr Type kBytes{Kind::binary};
constexpr Type kLong{Kind::int64};
constexpr Type kReal{Kind::float64};
constexpr Type kMoment{Kind::timestamptz};

void append(arrow::ColumnBuilder& out, const std::string& text) {
  switch (out.field().type.kind) {
    case Kind::float32:
    case Kind::float64: return out.append_double(*arrow::double_from_text(text));
    case Kind::decimal: return out.append_decimal(*arrow::decimal_from_text(text, 38, out.field().type.scale));
    case Kind::text:
    case Kind::number:
    case Kind::binary:
    case Kind::json: return out.append_bytes(text);
    default: return out.append_int64(static_cast<int64_t>(*arrow::decimal_from_text(text, 20, 0)));
  }
}

/// Rows of one column `v` behind a key, through casts, as texts; the error where one is refused.
std::vector<std::string> through(const Type& from, const std::vector<CastStep>& chain,
                                 const std::vector<std::optional<std::string>>& values) try {
  catalog::TableMapping table;
  table.source_table = "orders";
  table.key = {"id"};
  catalog::ColumnMapping id;
  id.source = id.target = "id";
  id.source_carrier = id.compare = kLong;
  catalog::ColumnMapping column = id;
  column.source = column.target = "v";
  column.source_carrier = from;
  column.chain = chain;
  column.compare = chain.back().to;
  table.columns = {id, column};
  arrow::BatchBuilder builder(carrier_fields(table, Side::source));
  for (size_t row = 0; row < values.size(); ++row) {
    builder.column(0).append_int64(static_cast<int64_t>(row + 1));
    values[row] ? append(builder.column(1), *values[row]) : builder.column(1).append_null();
  }
  Converter converter(table, Side::source);
  const arrow::Array batch = converter.convert(builder.finish());
  const arrow::ColumnView view = arrow::view_batch(compare_fields(table), *batch)[1];
  std::vector<std::string> texts;
  for (int64_t row = 0; row < view.length(); ++row)
    texts.push_back(view.is_null(row) ? "NULL" : arrow::value_to_text(view, row));
  return texts;
} catch (const Error& error) {
  EXPECT_EQ(error.code(), Code::data) << error.what();
  return {"error: " + error.message()};
}

CastStep step(const std::string& name, const Type& to, std::vector<std::string> values = {}) {
  return {.call = {.name = name, .values = std::move(values)}, .to = to};
}

std::string one(const Type& from, const CastStep& cast, const std::string& value) {
  return through(from, {cast}, {value}).front();
}

void expect_refused(const Type& from, const CastStep& cast, const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    EXPECT_THAT(one(from, cast, value),
                HasSubstr("error: orders (id=1), column v: cast." + cast.call.name + ": expected "))
        << value;
  }
}

TEST(NamedCast, UnixTimesAreMomentsInUtc) {
  EXPECT_EQ(through(kLong, {step("unix_seconds", kMoment)},
                    {"0", "1700000000", "-1", std::nullopt, "253402300799", "-62135596800"}),
            (std::vector<std::string>{"1970-01-01 00:00:00+00", "2023-11-14 22:13:20+00", "1969-12-31 23:59:59+00",
                                      "NULL", "9999-12-31 23:59:59+00", "0001-01-01 00:00:00+00"}));
  EXPECT_EQ(one(kLong, step("unix_millis", kMoment), "1700000000123"), "2023-11-14 22:13:20.123+00");
  EXPECT_EQ(one(kLong, step("unix_micros", {Kind::timestamp}), "-1"), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(one(kText, step("unix_seconds", kMoment), "1700000000.25"), "2023-11-14 22:13:20.25+00");
  EXPECT_EQ(one({Kind::decimal, 20, 3}, step("unix_seconds", kMoment), "-0.001"), "1969-12-31 23:59:59.999+00");
  EXPECT_EQ(one({Kind::uint64}, step("unix_seconds", kMoment), "1"), "1970-01-01 00:00:01+00");
}

TEST(NamedCast, UnixTimesThatAreRealAreRoundedToTheMicrosecondAsTheirDigitsSay) {
  EXPECT_EQ(one(kReal, step("unix_seconds", kMoment), "1700000000.1"), "2023-11-14 22:13:20.1+00");
  EXPECT_EQ(one(kReal, step("unix_seconds", kMoment), "1.0000005"), "1970-01-01 00:00:01.000001+00");
  EXPECT_EQ(one(kReal, step("unix_millis", kMoment), "-0.0004"), "1970-01-01 00:00:00+00");
  EXPECT_EQ(one(kReal, step("unix_micros", kMoment), "1.5e15"), "2017-07-14 02:40:00+00");
}

TEST(NamedCast, UnixTimesRefuseAMistakenUnitAndWhatIsNoNumber) {
  expect_refused(kLong, step("unix_seconds", kMoment),
                 {"1700000000000", "253402300800", "-62135596801", "9223372036854775807"});
  expect_refused(kLong, step("unix_micros", kMoment), {"9223372036854775807", "-9223372036854775808"});
  expect_refused({Kind::uint64}, step("unix_seconds", kMoment), {"18446744073709551615"});
  expect_refused(kReal, step("unix_seconds", kMoment), {"NaN", "Infinity", "-1e300", "1e300"});
  expect_refused(kText, step("unix_seconds", kMoment),
                 {"", " 1", "0x10", "now", "1.0000001", "1e400", "2026-01-31", "1\0002"s});
}

TEST(NamedCast, EpochDaysAndJulianDays) {
  EXPECT_EQ(through(kLong, {step("epoch_days", {Kind::date})}, {"0", "-1", "19000", std::nullopt}),
            (std::vector<std::string>{"1970-01-01", "1969-12-31", "2022-01-08", "NULL"}));
  EXPECT_EQ(one(kReal, step("epoch_days", {Kind::date}), "19000"), "2022-01-08");
  expect_refused(kReal, step("epoch_days", {Kind::date}), {"0.5", "NaN", "Infinity"});
  expect_refused(kLong, step("epoch_days", {Kind::date}), {"2932897", "-719163"});
  expect_refused(kText, step("epoch_days", {Kind::date}), {"", "1.5"});

  // SELECT datetime(2451545.25) answers 2000-01-01 18:00:00.
  EXPECT_EQ(one(kReal, step("julian_day", kMoment), "2451545.25"), "2000-01-01 18:00:00+00");
  EXPECT_EQ(one(kReal, step("julian_day", kMoment), "2440587.5"), "1970-01-01 00:00:00+00");
  EXPECT_EQ(one(kLong, step("julian_day", {Kind::timestamp}), "2451545"), "2000-01-01 12:00:00");
  EXPECT_EQ(one(kText, step("julian_day", kMoment), "2460000.123456"), "2023-02-24 14:57:46.598+00");
  expect_refused(kReal, step("julian_day", kMoment), {"-1", "0", "5373484.5", "NaN", "Infinity", "1700000000"});
}

TEST(NamedCast, IsoTimestampsInEverySpelling) {
  const CastStep cast = step("iso_timestamp", kMoment);
  for (const char* text :
       {"2026-01-31 13:05:00", "2026-01-31T13:05:00Z", "2026-01-31t13:05:00z", "2026-01-31T15:05:00+02:00",
        "2026-01-31 15:05:00 +0200", "20260131T130500Z", "20260131T1305", "2026-01-31 13:05", "2026-01-31T08:05:00-05",
        "2026-01-31 13:05:00.000000000", "2026-01-31 13:05:00,0"}) {
    EXPECT_EQ(one(kText, cast, text), "2026-01-31 13:05:00+00") << text;
  }
  EXPECT_EQ(one(kText, cast, "2026-01-31"), "2026-01-31 00:00:00+00");
  EXPECT_EQ(one(kText, cast, "1969-12-31T23:59:59,999999"), "1969-12-31 23:59:59.999999+00");
  expect_refused(kText, cast,
                 {"", "2026-02-30 10:00:00", "2026-01-31 25:00", "31.01.2026", "2026-01-31 13:05:00.1234567",
                  "0000-00-00", "2026-01-31 13:05:00+99", "2026-01-31 13:05:00 UTC", "yesterday",
                  "2026-01-31T13:05:00Z\0"s, "2026013", "202601311"});
  EXPECT_EQ(one(kText, step("iso_timestamp", {Kind::timestamp}), "2026-01-31T13:05"), "2026-01-31 13:05:00");
  expect_refused(kText, step("iso_timestamp", {Kind::timestamp}), {"2026-01-31T13:05Z"});
}

TEST(NamedCast, IsoDatesHaveNoTimeOfDay) {
  for (const char* text : {"1965-03-04", "19650304", "1965-03-04 00:00:00", "1965-03-04T00:00"}) {
    EXPECT_EQ(one(kText, step("iso_date", {Kind::date}), text), "1965-03-04") << text;
  }
  expect_refused(kText, step("iso_date", {Kind::date}),
                 {"", "1965-03-04 00:00:01", "1965-03-04T00:00Z", "65-03-04", "1965-13-01", "0000-00-00"});
}

TEST(NamedCast, ZeroDatesBecomeNullAndOthersStay) {
  EXPECT_EQ(
      through(kText, {step("zero_date_null", kText)},
              {"0000-00-00", "0000-00-00 00:00:00", "2026-00-10", "2026-01-00T10:00", "0000-01-01", "2026-01-31", "",
               "0000", "0000-00-001", "x"}),
      (std::vector<std::string>{"NULL", "NULL", "NULL", "NULL", "NULL", "2026-01-31", "", "0000", "0000-00-001", "x"}));
}

TEST(NamedCast, BooleansInEverySpelling) {
  const CastStep cast = step("boolean", {Kind::boolean});
  for (const char* text : {"1", "t", "TRUE", "y", "Yes", "on"}) EXPECT_EQ(one(kText, cast, text), "true") << text;
  for (const char* text : {"0", "F", "false", "N", "no", "OFF"}) EXPECT_EQ(one(kText, cast, text), "false") << text;
  EXPECT_EQ(through(kLong, {cast}, {"0", "1", std::nullopt}), (std::vector<std::string>{"false", "true", "NULL"}));
  expect_refused(kText, cast, {"", "2", "yes ", "ja", "1.0", "y\0"s});
  expect_refused(kLong, cast, {"2", "-1"});
}

TEST(NamedCast, TrimAndNullIfInOrder) {
  const std::vector<CastStep> chain = {step("trim", kText), step("null_if", kText, {"", "n/a"})};
  EXPECT_EQ(through(kText, chain, {"  Ann\t", " \r\n", "n/a ", "a b", "N/A", std::nullopt, "\u00a0x"}),
            (std::vector<std::string>{"Ann", "NULL", "NULL", "a b", "N/A", "NULL", "\u00a0x"}));
  EXPECT_EQ(through(kText, {chain[1], chain[0]}, {" "}), (std::vector<std::string>{""}));
}

TEST(NamedCast, NullIfKnowsTheValuesOfEveryType) {
  EXPECT_EQ(
      through(kLong, {step("null_if", kLong, {"0", "", "-9223372036854775808"})}, {"0", "1", "-9223372036854775808"}),
      (std::vector<std::string>{"NULL", "1", "NULL"}));
  EXPECT_EQ(through({Kind::float32}, {step("null_if", {Kind::float32}, {"-999.9"})}, {"-999.9", "0.5"}), (std::vector<std::string>{"NULL", "0.5"}));
  EXPECT_EQ(through(kReal, {step("null_if", kReal, {"-1", "1e3"})}, {"-1", "1000", "0.5"}),
            (std::vector<std::string>{"NULL", "NULL", "0.5"}));
  EXPECT_EQ(through({Kind::decimal, 10, 2}, {step("null_if", {Kind::decimal, 10, 2}, {"0.00"})}, {"0", "1.5"}),
            (std::vector<std::string>{"NULL", "1.50"}));
  EXPECT_EQ(through({Kind::date}, {step("null_if", {Kind::date}, {"1970-01-01"})}, {"0", "1"}),
            (std::vector<std::string>{"NULL", "1970-01-02"}));
  EXPECT_EQ(through({Kind::uint64}, {step("null_if", {Kind::uint64}, {"18446744073709551615"})},
                    {"18446744073709551615", "7"}),
            (std::vector<std::string>{"NULL", "7"}));
  EXPECT_EQ(through({Kind::boolean}, {step("null_if", {Kind::boolean}, {"false"})}, {"0", "1"}),
            (std::vector<std::string>{"NULL", "true"}));
}

TEST(NamedCast, NumbersInTheSpellingGiven) {
  const Type number{Kind::number};
  EXPECT_EQ(one(kText, step("number", number), "-12.50"), "-12.50");
  const CastStep european = step("number", number, {",", "."});
  EXPECT_EQ(through(kText, {european}, {"1.234.567,89", "-1.000", "7,5", "1234,5", "0", "+12"}),
            (std::vector<std::string>{"1234567.89", "-1000", "7.5", "1234.5", "0", "+12"}));
  expect_refused(
      kText, european,
      {"", "1.23", "12.34.567", "1,2,3", "1234.567", ".5", "1,", "1.000.", "1,5.000", "x", "1 000", "--1", "1.-00"});
  expect_refused(kText, step("number", number), {"1,5", "1.2.3", "", "abc", "0x1f", "1."});
  expect_refused(kText, step("number", number, {","}), {"1.5", "1.234,5"});
  EXPECT_EQ(one(kText, step("number", number, {",", " "}), "12 345,6"), "12345.6");
}

TEST(NamedCast, NulIsStrippedOrReplaced) {
  EXPECT_EQ(through(kText, {step("strip_nul", kText)}, {"a\0b\0"s, "ab", "\0"s}),
            (std::vector<std::string>{"ab", "ab", ""}));
  EXPECT_EQ(one(kText, step("replace_nul", kText), "a\0b"s), "a\uFFFDb");
  EXPECT_EQ(one(kText, step("replace_nul", kText, {"--"}), "a\0b"s), "a--b");
}

TEST(NamedCast, Base64GoesByDirection) {
  for (const auto& [bytes, text] :
       {std::pair{""s, ""s}, {"f"s, "Zg=="s}, {"fo"s, "Zm8="s}, {"foo"s, "Zm9v"s}, {"\xFB\xFF\0"s, "+/8A"s}}) {
    EXPECT_EQ(one(kBytes, step("base64", kText), bytes), text);
    EXPECT_EQ(one(kText, step("base64", kBytes), text), "\\x" + arrow::bytes_to_hex(bytes));
  }
  EXPECT_EQ(one(kText, step("base64", kBytes), "Zg"), "\\x66");
  expect_refused(kText, step("base64", kBytes),
                 {"Z", "Zg=", "Zh==", "Zm9v=", "====", "Zg==Zg==", "Zm 9", "-_8A", "Zm9\0"s, "="});
}

TEST(NamedCast, HexGoesByDirection) {
  EXPECT_EQ(one(kText, step("hex", kBytes), "00fF"), "\\x00ff");
  EXPECT_EQ(one(kText, step("hex", kBytes), "\\x00ff"), "\\x00ff");
  EXPECT_EQ(one(kText, step("hex", kBytes), "0x"), "\\x");
  EXPECT_EQ(one(kBytes, step("hex", kText), "\0\xFF"s), "00ff");
  expect_refused(kText, step("hex", kBytes), {"0", "0g", "00 ff", "0x0x00"});
}

TEST(NamedCast, JsonIsCheckedAndOpenedOnce) {
  const CastStep cast = step("json", {Kind::json});
  EXPECT_EQ(one(kText, cast, R"({"b":1e400,"a":[]})"), R"({"b":1e400,"a":[]})");
  EXPECT_EQ(one(kText, cast, R"("[\"Yes\"]")"), R"(["Yes"])");
  EXPECT_EQ(one({Kind::json}, cast, R"( "{\"a\":\"[1]\"}")"), R"({"a":"[1]"})");
  EXPECT_EQ(one(kText, cast, R"("\"[1]\"")"), R"("\"[1]\"")") << "twice inside: stays";
  EXPECT_EQ(one(kText, cast, R"("[1")"), R"("[1")") << "a string that only begins like an array";
  EXPECT_EQ(one(kText, cast, "\"plain\""), "\"plain\"");
  EXPECT_EQ(one(kText, cast, "null"), "null");
  expect_refused(kText, cast, {"", "{", "{'a':1}", "NaN", "[1,]", "\"\\ud800", "yes"});
}

TEST(NamedCast, UuidFromTextOrBytes) {
  const std::string uuid = "6f9619ff-8b86-d011-b42d-00c04fc964ff";
  for (const char* text : {"6F9619FF-8B86-D011-B42D-00C04FC964FF", "{6f9619ff-8b86-d011-b42d-00c04fc964ff}",
                           "6f9619ff8b86d011b42d00c04fc964ff"}) {
    EXPECT_EQ(one(kText, step("uuid", {Kind::uuid}), text), uuid) << text;
  }
  EXPECT_EQ(one(kBytes, step("uuid", {Kind::uuid}), *arrow::bytes_from_hex("6f9619ff8b86d011b42d00c04fc964ff")), uuid);
  expect_refused(kText, step("uuid", {Kind::uuid}),
                 {"", "6f9619ff", "0123456789abcdef", "{6f9619ff8b86d011b42d00c04fc964ff"});
  expect_refused(kBytes, step("uuid", {Kind::uuid}), {"", "012345678901234", uuid});
}

TEST(NamedCast, CharsetsOfOneByte) {
  EXPECT_EQ(one(kBytes, step("latin1", kText), "caf\xE9\x80"), "caf\u00e9\u0080");
  EXPECT_EQ(one(kBytes, step("cp1252", kText), "caf\xE9 \x80 \x9F\xFF"), "caf\u00e9 \u20ac \u0178\u00ff");
  expect_refused(kBytes, step("cp1252", kText), {"\x81", "\x8D", "\x8F", "\x90", "\x9D"});
}

TEST(NamedCast, Utf8InLatin1IsWhatWasMeant) {
  const auto meant = step("utf8_in_latin1", kText);
  // Each byte as MySQL decodes it: 0x80 to 0x9F are those of Windows-1252, and 81, 8d, 8f, 90, 9d control characters.
  EXPECT_EQ(one(kText, meant, "M\u00c3\u00bcller"), "M\u00fcller");
  EXPECT_EQ(one(kText, meant, "\u00e2\u201a\u00ac \u00c5\u00b8"), "\u20ac \u0178");
  EXPECT_EQ(one(kText, meant, "\u00c3\u0081\u00c3\u008d\u00c3\u008f\u00c3\u0090\u00c3\u009d"), "\u00c1\u00cd\u00cf\u00d0\u00dd");
  EXPECT_EQ(one(kText, meant, "\u00f0\u0178\u00a6\u2020"), "\U0001F986");
  EXPECT_EQ(one(kText, meant, "plain"), "plain");
  EXPECT_EQ(one(kText, meant, ""), "");
  expect_refused(kText, meant, {"M\u00fcller", "\u00c3", "\u0141", "\U0001F986", "\u00c0\u0080"});
}

TEST(NamedCast, EveryWordIsBuiltForWhateverItTakes) {
  for (const catalog::CastWord& word : catalog::cast_words()) {
    for (const Kind kind : {Kind::boolean, Kind::int8, Kind::uint64, Kind::float32, Kind::float64, Kind::decimal,
                            Kind::number, Kind::text, Kind::binary, Kind::date, Kind::time, Kind::timestamp,
                            Kind::timestamptz, Kind::uuid, Kind::json}) {
      if (!word.takes_kind(kind)) continue;
      const Type from = kind == Kind::decimal ? Type{kind, 10, 2} : Type{kind};
      for (const Type& to : word.makes(from)) {
        // No row at all: that the cast is found, and an empty batch goes through.
        EXPECT_EQ(through(from, {step(word.name, to, {"1"})}, {}), std::vector<std::string>{})
            << word.name << " from " << arrow::to_text(from);
        EXPECT_EQ(through(from, {step(word.name, to, {"1"})}, {std::nullopt}), std::vector<std::string>{"NULL"})
            << word.name;
      }
    }
  }
}

}  // namespace
}  // namespace sluice::copy
