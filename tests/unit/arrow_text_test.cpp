#include "arrow/text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

using namespace sluice::arrow;

namespace {

std::optional<std::string> decimal(std::string_view text, int precision, int scale) {
  const std::optional<Int128> value = decimal_from_text(text, precision, scale);
  return value ? std::optional(decimal_to_text(*value, scale)) : std::nullopt;
}

std::optional<std::string> timestamp(std::string_view text) {
  const std::optional<ParsedTimestamp> parsed = timestamp_from_text(text);
  return parsed ? std::optional(timestamp_to_text(parsed->micros, parsed->has_zone)) : std::nullopt;
}

}  // namespace

TEST(DecimalText, IsExact) {
  EXPECT_EQ(decimal("1.230", 10, 2), "1.23");
  EXPECT_EQ(decimal("-0.05", 10, 2), "-0.05");
  EXPECT_EQ(decimal("5", 10, 2), "5.00");
  EXPECT_EQ(decimal("+.5", 10, 2), "0.50");
  EXPECT_EQ(decimal("5.", 10, 0), "5");
  EXPECT_EQ(decimal("-0", 10, 2), "0.00");
  EXPECT_EQ(decimal("1e3", 10, 2), "1000.00");
  EXPECT_EQ(decimal("12.5E-1", 10, 2), "1.25");
  EXPECT_EQ(decimal("0e999999999999", 10, 2), "0.00");
  EXPECT_EQ(decimal("99999999999999999999999999999999999999", 38, 0), "99999999999999999999999999999999999999");
  EXPECT_EQ(decimal("-0.00000000000000000000000000000000000001", 38, 38), "-0.00000000000000000000000000000000000001");
}

TEST(DecimalText, RefusesWhatDoesNotFit) {
  EXPECT_EQ(decimal("1.235", 10, 2), std::nullopt);
  EXPECT_EQ(decimal("123456789.00", 10, 2), std::nullopt);
  EXPECT_EQ(decimal("999.99", 5, 2), "999.99");
  EXPECT_EQ(decimal("1000", 5, 2), std::nullopt);
  EXPECT_EQ(decimal("1e999999999999999999999", 38, 0), std::nullopt);
  for (const char* text : {"", "-", ".", "1.2.3", "1e", "e5", " 1", "1 ", "NaN", "0x10", "1,5", "--1"}) {
    EXPECT_EQ(decimal(text, 38, 10), std::nullopt) << text;
  }
}

TEST(DecimalText, WritesTheLeastValue) {
  EXPECT_EQ(decimal_to_text(std::numeric_limits<Int128>::min(), 0), "-170141183460469231731687303715884105728");
}

TEST(DateText, GoesThereAndBack) {
  EXPECT_EQ(date_to_text(0), "1970-01-01");
  EXPECT_EQ(date_to_text(-1), "1969-12-31");
  EXPECT_EQ(date_to_text(20484), "2026-01-31");
  EXPECT_EQ(date_from_text("0001-01-01"), -719162);
  EXPECT_EQ(date_from_text("2024-02-29"), 19782);
  EXPECT_EQ(date_to_text(2932896), "9999-12-31");
  EXPECT_EQ(date_to_text(2932897), "+10000-01-01");
  for (const int32_t days : {-2'000'000'000, -719'529, -719'528, -719'163, -1, 59, 11'016, 2'932'897, 2'000'000'000}) {
    EXPECT_EQ(date_from_text(date_to_text(days)), days) << date_to_text(days);
  }
}

TEST(DateText, KnowsYearsBeforeChrist) {
  EXPECT_EQ(date_from_text("0001-01-01 BC"), date_from_text("0000-01-01"));
  EXPECT_EQ(date_from_text("0044-03-15 BC"), date_from_text("-0043-03-15"));
  EXPECT_EQ(date_from_text("0000-01-01 BC"), std::nullopt);
  EXPECT_EQ(timestamp_from_text("0001-12-31 24:00:00 BC"), std::nullopt);
  const auto zoned = timestamp_from_text("0001-12-31 23:59:59+00 BC");
  ASSERT_TRUE(zoned);
  EXPECT_EQ(timestamp_to_text(zoned->micros + 1'000'000, false), "0001-01-01 00:00:00");
}

TEST(DateText, RefusesDaysThatDoNotExist) {
  for (const char* text : {"2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-1", "26-01-01",
                           "2026-01-31 ", "20260131", "10000-01-01", "", "2026-01-32", "2026/01/01"}) {
    EXPECT_EQ(date_from_text(text), std::nullopt) << text;
  }
}

TEST(TimeText, GoesThereAndBack) {
  EXPECT_EQ(time_to_text(47'100'250'000), "13:05:00.25");
  EXPECT_EQ(time_from_text("13:05"), 47'100'000'000);
  EXPECT_EQ(time_from_text("13:05:00.25"), 47'100'250'000);
  EXPECT_EQ(time_from_text("24:00:00"), 86'400'000'000);
  for (const char* text :
       {"24:00:01", "13:60", "13:05:60", "13", "1:05", "13:05:00.", "13:05:00.1234567", "13:05:00Z", ""}) {
    EXPECT_EQ(time_from_text(text), std::nullopt) << text;
  }
}

TEST(TimestampText, UnderstandsZones) {
  EXPECT_EQ(timestamp("2026-01-31 13:05:00"), "2026-01-31 13:05:00");
  EXPECT_EQ(timestamp("2026-01-31T13:05:00.120Z"), "2026-01-31 13:05:00.12+00");
  EXPECT_EQ(timestamp("2026-01-31 01:05+02:00"), "2026-01-30 23:05:00+00");
  EXPECT_EQ(timestamp("2026-01-31 23:05-0230"), "2026-02-01 01:35:00+00");
  EXPECT_EQ(timestamp("2026-01-31 13:05:00+02"), "2026-01-31 11:05:00+00");
  EXPECT_EQ(timestamp("2026-01-31"), "2026-01-31 00:00:00");
  EXPECT_FALSE(timestamp_from_text("2026-01-31")->has_time);
  EXPECT_TRUE(timestamp_from_text("2026-01-31 00:00")->has_time);
  EXPECT_EQ(timestamp("1969-12-31 23:59:59.999999"), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(timestamp("2026-01-31 13:05:00.123456000"), "2026-01-31 13:05:00.123456");
}

TEST(TimestampText, RefusesTheRest) {
  for (const char* text :
       {"2026-01-31Z", "2026-01-31 ", "2026-01-31 13", "2026-01-31 24:00:00", "2026-01-31 13:05:00.1234567",
        "2026-01-31 13:05 +02", "2026-01-31 13:05+", "2026-01-31 13:05+2", "2026-01-31 13:05+16",
        "2026-01-31 13:05+02:", "2026-01-31x13:05", "+999999-01-01 00:00"}) {
    EXPECT_EQ(timestamp(text), std::nullopt) << text;
  }
}

TEST(TimestampText, HoldsAtTheEndsOfTheRange) {
  const int64_t least = std::numeric_limits<int64_t>::min() + 1;
  const int64_t most = std::numeric_limits<int64_t>::max() - 1;
  EXPECT_EQ(timestamp_to_text(least, false), "-290308-12-21 19:59:05.224193");
  EXPECT_EQ(timestamp_to_text(most, false), "+294247-01-10 04:00:54.775806");
  EXPECT_EQ(timestamp_from_text(timestamp_to_text(most, true))->micros, most);
}

TEST(TimestampText, TheExtremeValuesAreInfiniteAndNoTextOfATimeBecomesThem) {
  using Micros = std::numeric_limits<int64_t>;
  using Days = std::numeric_limits<int32_t>;
  EXPECT_EQ(timestamp_to_text(Micros::max(), true), "infinity");
  EXPECT_EQ(timestamp_to_text(Micros::min(), false), "-infinity");
  EXPECT_EQ(timestamp_from_text("+294247-01-10 04:00:54.775807"), std::nullopt);
  EXPECT_EQ(timestamp_from_text("-290308-12-21 19:59:05.224192"), std::nullopt);
  EXPECT_EQ(date_to_text(Days::max()), "infinity");
  EXPECT_EQ(date_to_text(Days::min()), "-infinity");
  EXPECT_EQ(date_from_text(date_to_text(Days::max() - 1)), Days::max() - 1);
  EXPECT_EQ(date_from_text("infinity"), std::nullopt);
}

TEST(UuidText, TakesTheUsualForms) {
  const std::string text = "00112233-4455-6677-8899-aabbccddeeff";
  const std::optional<std::string> bytes = uuid_from_text(text);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(uuid_to_text(*bytes), text);
  EXPECT_EQ(uuid_from_text("{00112233-4455-6677-8899-AABBCCDDEEFF}"), bytes);
  EXPECT_EQ(uuid_from_text("00112233445566778899aabbccddeeff"), bytes);
  for (const char* wrong :
       {"", "0011", "00112233-4455-6677-8899-aabbccddeefg", "0011223344556677-8899-aabb-ccddeeff0"}) {
    EXPECT_EQ(uuid_from_text(wrong), std::nullopt) << wrong;
  }
}

TEST(HexText, GoesThereAndBack) {
  EXPECT_EQ(bytes_to_hex(std::string_view("\x00\xff", 2)), "00ff");
  EXPECT_EQ(bytes_from_hex("00Ff"), std::string("\x00\xff", 2));
  EXPECT_EQ(bytes_from_hex("0"), std::nullopt);
  EXPECT_EQ(bytes_from_hex("0g"), std::nullopt);
}

TEST(DoubleText, ReadsBackAsTheSameDouble) {
  for (const double value :
       {0.1, -0.0, 1.0 / 3, 60012.665, 1e22, 5e-324, std::numeric_limits<double>::max(), 123456789012345680.0}) {
    const std::optional<double> back = double_from_text(double_to_text(value));
    ASSERT_TRUE(back) << value;
    EXPECT_EQ(std::memcmp(&*back, &value, sizeof value), 0) << double_to_text(value);
  }
  EXPECT_EQ(double_to_text(60012.665), "60012.665");
  EXPECT_EQ(double_to_text(100000), "100000");
  EXPECT_EQ(double_to_text(-0.0), "-0");
  EXPECT_EQ(double_to_text(std::nan("")), "NaN");
  EXPECT_EQ(double_from_text("-Infinity"), -std::numeric_limits<double>::infinity());
  for (const char* text : {"", "inf", "nan", "-nan", "1e999", "1.5x", " 1", "0x1p3", "+-1", "-"}) {
    EXPECT_EQ(double_from_text(text), std::nullopt) << text;
  }
}

TEST(IntegerText, TakesWholeNumbersOnly) {
  EXPECT_EQ(int64_from_text("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(int64_from_text("+5"), 5);
  for (const char* text : {"", "-", "+", "+-5", "5.0", "9223372036854775808", " 5", "5 "}) {
    EXPECT_EQ(int64_from_text(text), std::nullopt) << text;
  }
}

TEST(Utf8Text, IsCheckedStrictly) {
  for (const char* valid :
       {"", "plain ascii that is long enough", "grün", "€", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "12345678ä"}) {
    EXPECT_TRUE(is_valid_utf8(valid)) << valid;
  }
  for (const char* broken : {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                             "\xf8\x88\x80\x80\x80", "1234567\xff", "12345678\xe2\x82"}) {
    EXPECT_FALSE(is_valid_utf8(broken));
  }
  EXPECT_TRUE(is_valid_utf8(std::string_view("a\0b", 3)));
}
