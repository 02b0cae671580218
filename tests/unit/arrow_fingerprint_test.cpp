#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "arrow/builder.hpp"
#include "arrow/fingerprint.hpp"
#include "arrow/text.hpp"

namespace sluice::arrow {
namespace {

using Fill = std::function<void(ColumnBuilder&)>;

/// The canonical bytes of one value.
std::string encoded(const Type& type, const Fill& fill) {
  const std::vector<Field> fields = {{.name = "v", .type = type}};
  BatchBuilder builder(fields);
  fill(builder.column(0));
  const Array batch = builder.finish();
  return RowHasher(fields).encode(view_batch(fields, *batch), {0}, 0);
}

std::string number(const std::string& text) {
  return encoded({Kind::number}, [&](ColumnBuilder& column) { column.append_bytes(text); });
}
std::string decimal(const std::string& text, int precision, int scale) {
  const auto value = decimal_from_text(text, precision, scale);
  EXPECT_TRUE(value.has_value()) << text;
  return encoded({Kind::decimal, precision, scale}, [&](ColumnBuilder& column) { column.append_decimal(*value); });
}
std::string integer(Kind kind, int64_t value) {
  return encoded({kind}, [&](ColumnBuilder& column) { column.append_int64(value); });
}
std::string real(double value) {
  return encoded({Kind::float64}, [&](ColumnBuilder& column) { column.append_double(value); });
}
std::string bytes(Kind kind, const std::string& value) {
  return encoded({kind}, [&](ColumnBuilder& column) { column.append_bytes(value); });
}
std::string null(const Type& type) {
  return encoded(type, [](ColumnBuilder& column) { column.append_null(); });
}
std::string json(const std::string& text) { return bytes(Kind::json, text); }

sluice_fingerprint sum_of(const std::vector<std::string>& rows) {
  const std::vector<Field> fields = {{.name = "v", .type = {Kind::text}}};
  BatchBuilder builder(fields);
  for (const std::string& row : rows) builder.column(0).append_bytes(row);
  sluice_fingerprint sum{};
  RowHasher(fields).add_to(*builder.finish(), sum);
  return sum;
}

TEST(CanonicalValue, NullIsNeitherEmptyTextNorBlank) {
  EXPECT_NE(null({Kind::text}), bytes(Kind::text, ""));
  EXPECT_NE(null({Kind::text}), bytes(Kind::text, " "));
  EXPECT_NE(bytes(Kind::text, ""), bytes(Kind::text, " "));
  EXPECT_EQ(null({Kind::text}), null({Kind::int64}));
}

TEST(CanonicalValue, IntegersAreEqualAcrossWidths) {
  for (const Kind kind : {Kind::int8, Kind::int16, Kind::int32, Kind::uint8, Kind::uint64}) {
    EXPECT_EQ(integer(kind, 100), integer(Kind::int64, 100)) << to_text(Type{kind});
  }
  EXPECT_NE(integer(Kind::uint64, -1), integer(Kind::int64, -1));
  EXPECT_NE(integer(Kind::int64, 100), integer(Kind::int64, -100));
}

TEST(CanonicalValue, DecimalsAndNumbersAreEqualByValue) {
  EXPECT_EQ(decimal("1.5", 10, 2), number("1.50"));
  EXPECT_EQ(decimal("1.5", 20, 6), number("01.5"));
  EXPECT_EQ(decimal("-120", 10, 0), number("-1.2e2"));
  EXPECT_EQ(decimal("0", 10, 2), number("-0.00"));
  EXPECT_EQ(number("1e400"), number("10e399"));
  EXPECT_EQ(number("0.00125"), number("125E-5"));
  EXPECT_NE(decimal("1.5", 10, 2), number("1.51"));
  EXPECT_NE(number("1.5"), number("-1.5"));
  EXPECT_NE(number("15"), number("1.5"));
}

TEST(CanonicalValue, DecimalsOfAllSizesAreEqualByValue) {
  EXPECT_EQ(decimal("12345678901234567890123456789.5", 38, 4), number("12345678901234567890123456789.50"));
  EXPECT_EQ(decimal("-12345678901234567890", 38, 2), number("-12345678901234567890.0"));
  EXPECT_EQ(decimal("1000000000000000000000", 38, 0), number("1e21"));
  EXPECT_EQ(decimal("999999999999999999", 38, 3), number("999999999999999999"));
  EXPECT_EQ(decimal("1000000000000000001", 38, 3), number("1000000000000000001"));
  EXPECT_NE(number("12345678901234567890123456789"), number("12345678901234567890123456788"));
}

TEST(CanonicalValue, TextsThatAreNoNumbersStayApart) {
  EXPECT_NE(number("NaN"), number("Infinity"));
  EXPECT_NE(number("NaN"), number("0"));
  EXPECT_EQ(number("NaN"), number("NaN"));
  EXPECT_NE(number(""), number("0"));
}

TEST(CanonicalValue, DoublesKnowOneZeroAndOneNaN) {
  EXPECT_EQ(real(-0.0), real(0.0));
  EXPECT_EQ(real(std::nan("1")), real(-std::numeric_limits<double>::quiet_NaN()));
  EXPECT_NE(real(1.0), real(std::nextafter(1.0, 2.0)));
}

TEST(CanonicalValue, ZonedAndNaiveTimestampsDiffer) {
  EXPECT_NE(integer(Kind::timestamp, 5), integer(Kind::timestamptz, 5));
  EXPECT_NE(integer(Kind::timestamp, 5), integer(Kind::timestamp, 6));
}

TEST(CanonicalValue, TextIsNeitherTrimmedNorCutAtNul) {
  EXPECT_NE(bytes(Kind::text, "a"), bytes(Kind::text, "a "));
  EXPECT_NE(bytes(Kind::text, std::string("a\0b", 3)), bytes(Kind::text, std::string("a\0c", 3)));
  EXPECT_NE(bytes(Kind::text, "a"), bytes(Kind::binary, "a"));
}

TEST(CanonicalValue, ConcatenationIsNotAmbiguous) {
  const std::vector<Field> fields = {{.name = "a", .type = {Kind::text}}, {.name = "b", .type = {Kind::text}}};
  BatchBuilder builder(fields);
  for (const auto& [a, b] : {std::pair{"ab", "c"}, std::pair{"a", "bc"}}) {
    builder.column(0).append_bytes(a);
    builder.column(1).append_bytes(b);
  }
  std::vector<RowHash> hashes;
  RowHasher(fields).hash(*builder.finish(), hashes);
  EXPECT_NE(hashes[0], hashes[1]);
}

TEST(CanonicalJson, IgnoresOrderSpaceEscapesAndTheWayNumbersAreWritten) {
  EXPECT_EQ(json(R"({"b": [1, 2.50], "a": "x"})"), json(R"({"a":"x","b":[1.0,25e-1]})"));
  EXPECT_EQ(json(R"("\u00e9\/\n")"), json("\"\xc3\xa9/\\u000a\""));
  EXPECT_EQ(json(R"("\ud83d\ude00")"), json("\"\xf0\x9f\x98\x80\""));
  EXPECT_EQ(json(R"({"a":1,"a":2})"), json(R"({"a":2})"));
  EXPECT_EQ(json("1e400"), json("10e399"));
}

TEST(CanonicalJson, KeepsWhatMatters) {
  EXPECT_NE(json("[1,2]"), json("[2,1]"));
  EXPECT_NE(json("[[1],2]"), json("[1,[2]]"));
  EXPECT_NE(json("[1]"), json(R"(["1"])"));
  EXPECT_NE(json("{}"), json("[]"));
  EXPECT_NE(json("null"), json("\"\""));
  EXPECT_NE(json(R"({"a":null})"), json("{}"));
  EXPECT_NE(json("123456789012345678901234567890"), json("123456789012345678901234567891"));
  EXPECT_NE(json(R"({"ab":"c"})"), json(R"({"a":"bc"})"));
}

TEST(CanonicalJson, TellsJsonFromOtherTexts) {
  for (const char* good : {"{}", " [ ] ", "\"\"", "-0.5e+3", "true", "null", R"({"a":{"b":[1,{"c":2}]}})"}) {
    EXPECT_TRUE(is_json(good)) << good;
  }
  for (const char* bad : {"", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "NaN", "'a'", "{a:1}", "[1] 2",
                          "\"\\x\"", "\"\\ud800\"", "tru", "\"\n\"", "\"\xff\"", "[1 2]", "{\"a\" 1}"}) {
    EXPECT_FALSE(is_json(bad)) << bad;
  }
  EXPECT_TRUE(is_json(std::string(1000, '[') + std::string(1000, ']')));
  EXPECT_FALSE(is_json(std::string(200'000, '[')));
}

TEST(SetFingerprint, NeedsNoOrderAndMerges) {
  sluice_fingerprint merged = sum_of({"a", "b"});
  merge(merged, sum_of({"c"}));
  EXPECT_TRUE(equal(merged, sum_of({"c", "a", "b"})));
  EXPECT_FALSE(equal(merged, sum_of({"c", "a", "d"})));
  EXPECT_EQ(merged.count, 3u);
}

TEST(SetFingerprint, SeesDuplicatesThatXorAloneMisses) {
  const sluice_fingerprint x = sum_of({"x", "x", "y", "y"});
  const sluice_fingerprint z = sum_of({"z", "z", "w", "w"});
  EXPECT_EQ(x.xor_low, z.xor_low);
  EXPECT_FALSE(equal(x, z));
}

TEST(SetFingerprint, SumCarriesIntoTheUpperHalf) {
  sluice_fingerprint sum{};
  add_row(sum, {.low = ~uint64_t{0}, .high = 1});
  add_row(sum, {.low = 2, .high = 1});
  EXPECT_EQ(sum.sum_low, 1u);
  EXPECT_EQ(sum.sum_high, 3u);
}

}  // namespace
}  // namespace sluice::arrow
