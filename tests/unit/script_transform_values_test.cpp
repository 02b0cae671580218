#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transform_support.hpp"

/// Values of each type on their way into functions and out of them.
namespace sluice::script {
namespace {

using testing::HasSubstr;

constexpr const char* kSame = "function(v) return v end";
constexpr const char* kType = "function(v) return type(v) end";
constexpr const char* kText = "function(v) return tostring(v) end";

struct Kind {
  const char* type;
  const char* value;
  const char* in_lua;  ///< type of the value that the function gets
};

class EveryKind : public testing::TestWithParam<Kind> {};

TEST_P(EveryKind, PassesThroughAFunctionUnchanged) {
  const Kind& kind = GetParam();
  EXPECT_EQ(made(kind.type, kind.type, kind.value, kSame), kind.value);
  EXPECT_EQ(made(kind.type, kind.type, std::nullopt, kSame), "NULL");
  EXPECT_EQ(made(kind.type, "text", kind.value, kType), kind.in_lua);
  EXPECT_EQ(made(kind.type, "text", std::nullopt, kType), "nil");
}

INSTANTIATE_TEST_SUITE_P(
    All, EveryKind,
    testing::Values(
        Kind{"boolean", "true", "boolean"}, Kind{"boolean", "false", "boolean"}, Kind{"smallint", "-32768", "number"},
        Kind{"integer", "2147483647", "number"}, Kind{"bigint", "-9007199254740992", "number"},
        Kind{"bigint", "9223372036854775807", "cdata"}, Kind{"bigint", "-9223372036854775808", "cdata"},
        Kind{"uint8", "255", "number"}, Kind{"uint16", "65535", "number"}, Kind{"uint32", "4294967295", "number"},
        Kind{"uint64", "18446744073709551615", "cdata"}, Kind{"uint64", "9", "number"}, Kind{"real", "1.5", "number"},
        Kind{"double precision", "0.1", "number"}, Kind{"numeric(12,2)", "-1234567890.12", "number"},
        Kind{"numeric(15,0)", "999999999999999", "number"}, Kind{"numeric(30,10)", "0.0000000001", "number"},
        Kind{"numeric(30,10)", "-99999.9999999999", "number"},
        Kind{"numeric(30,10)", "123456789012345678.0123456789", "table"},
        Kind{"numeric(38,0)", "-99999999999999999999999999999999999999", "table"}, Kind{"number", "12.5", "number"},
        Kind{"number", "-1234567890123456789.5", "table"}, Kind{"text", "Grüße", "string"}, Kind{"text", "", "string"},
        Kind{"json", "{\"a\": [1, 2]}", "string"}, Kind{"date", "2026-01-31", "string"},
        Kind{"date", "1969-12-31", "string"}, Kind{"time", "13:05:00.25", "string"},
        Kind{"timestamp", "2026-01-31 13:05:00.000001", "string"},
        Kind{"timestamptz", "2026-01-31 13:05:00+00", "string"},
        Kind{"uuid", "00112233-4455-6677-8899-aabbccddeeff", "string"}));

TEST(TransformedBytes, PassAsTheyAre) {
  EXPECT_EQ(made("binary", "binary", std::string("\0\xff", 2), kSame), "\\x00ff");
  EXPECT_EQ(made("binary", "integer", std::string("\0\xff", 2), "function(v) return #v end"), "2");
}

TEST(TransformedNumber, IsRoundedToTheScaleHalfAwayFromZero) {
  const std::string price = "numeric(10,2)";
  EXPECT_EQ(made(price, price, "10.00", "function(v) return v * 1.19 end"), "11.90");
  EXPECT_EQ(made(price, price, "1.00", "function(v) return 1.005 end"), "1.01");
  EXPECT_EQ(made(price, price, "1.00", "function(v) return -1.005 end"), "-1.01");
  EXPECT_EQ(made(price, price, "1.00", "function(v) return 1.0049999 end"), "1.00");
  EXPECT_EQ(made(price, price, "0.10", "function(v) return v + 0.2 end"), "0.30");
  EXPECT_EQ(made(price, price, "1.00", "function(v) return 99999999.99 end"), "99999999.99");
  EXPECT_THAT(made(price, price, "1.00", "function(v) return 99999999.995 end"), HasSubstr("fits decimal(10,2)"));
  EXPECT_THAT(made(price, price, "1.00", "function(v) return 0 / 0 end"), HasSubstr("returned the number NaN"));
  EXPECT_EQ(
      made("numeric(38,20)", "numeric(38,20)", "1", "function(v) return '123456789012345678.00000000000000000001' end"),
      "123456789012345678.00000000000000000001");
  EXPECT_THAT(made(price, price, "1.00", "function(v) return '1.001' end"),
              HasSubstr("returned '1.001', expected a number that fits"));
}

TEST(TransformedNumber, OfTooManyDigitsIsNoNumberButATextAway) {
  const std::string wide = "numeric(30,10)";
  EXPECT_EQ(made(wide, "text", "123456789012345678.0123456789", kText), "123456789012345678.0123456789");
  EXPECT_THAT(made(wide, wide, "123456789012345678.0123456789", "function(v) return v * 2 end"),
              HasSubstr("123456789012345678.0123456789 has more than 15 digits"));
  EXPECT_EQ(made(wide, "boolean", "123456789012345678.0123456789", "function(v) return v == v end"), "true");
}

TEST(TransformedInteger, StaysInItsRange) {
  EXPECT_EQ(made("integer", "smallint", "32767", kSame), "32767");
  EXPECT_THAT(made("integer", "smallint", "32768", kSame),
              HasSubstr("value '32768': columns[\"orders.v\"] returned the number 32768, expected a whole number from "
                        "-32768 to 32767"));
  EXPECT_THAT(made("integer", "integer", "3", "function(v) return v / 2 end"), HasSubstr("returned the number 1.5"));
  EXPECT_THAT(made("bigint", "bigint", "3", "function(v) return 2^60 end"), HasSubstr("beyond 2^53"));
  EXPECT_EQ(made("bigint", "bigint", "9223372036854775806", "function(v) return v + 1 end"), "9223372036854775807");
  EXPECT_EQ(made("bigint", "bigint", "3", "function(v) return '9223372036854775807' end"), "9223372036854775807");
  EXPECT_THAT(made("bigint", "uint64", "-1", kSame), HasSubstr("from 0 to"));
  EXPECT_EQ(made("bigint", "uint64", "1", "function() return '18446744073709551615' end"), "18446744073709551615");
}

TEST(TransformedText, FitsItsLengthAndIsUtf8) {
  EXPECT_EQ(made("text", "varchar(3)", "abc", "function(v) return v:upper() end"), "ABC");
  EXPECT_EQ(made("text", "varchar(3)", "äöü", kSame), "äöü");
  EXPECT_THAT(made("text", "varchar(3)", "abcd", kSame), HasSubstr("expected a text of at most 3 characters"));
  EXPECT_THAT(made("text", "text", "a", "function() return '\\255' end"), HasSubstr("expected a text in UTF-8"));
  EXPECT_THAT(made("text", "text", "a", "function() return 5 end"),
              HasSubstr("returned the number 5, expected a text"));
  EXPECT_THAT(made("text", "json", "{", kSame), HasSubstr("expected a text that is JSON"));
}

TEST(TransformedValue, OfAnotherTypeIsTakenApartByTheFunction) {
  EXPECT_EQ(made("text", "date", "31.01.2026", "function(v) return v:gsub('(%d+).(%d+).(%d+)', '%3-%2-%1') end"),
            "2026-01-31");
  EXPECT_EQ(made("text", "numeric(8,2)", "EUR 12,50", "function(v) return v:match('%d+,%d+'):gsub(',', '.') end"),
            "12.50");
  EXPECT_EQ(made("integer", "boolean", "7", "function(v) return v > 5 end"), "true");
  EXPECT_EQ(made("timestamp", "text", "2026-01-31 13:05:00", "function(v) return v:sub(1, 4) end"), "2026");
  EXPECT_EQ(made("text", "timestamptz", "x", "function() return '2026-01-31T13:05:00+02:00' end"),
            "2026-01-31 11:05:00+00");
  EXPECT_THAT(made("text", "timestamp", "x", "function() return '2026-01-31 13:05:00Z' end"),
              HasSubstr("without zone"));
  EXPECT_THAT(made("text", "date", "x", "function() return '2026-02-30' end"), HasSubstr("expected a text YYYY-MM-DD"));
  EXPECT_THAT(made("text", "boolean", "x", "function() return 1 end"), HasSubstr("expected true or false"));
  EXPECT_THAT(made("text", "text", "x", "function() return {} end"), HasSubstr("found a table"));
}

TEST(TransformedNull, IsRefusedWhereTheColumnIsNotNull) {
  TransformedTable table({{"v", "integer", false}},
                         "columns = { ['orders.v'] = function(v) if v > 1 then return v end end }");
  EXPECT_EQ(table.run({{"2"}}).at(0).at(1), "2");
  EXPECT_THAT(fault_of(table, {{"1"}}).message(),
              HasSubstr("orders (id=1), column v, value '1': columns[\"orders.v\"] returned nothing "
                        "(nil), expected a value, for the column is NOT NULL"));
}

}  // namespace
}  // namespace sluice::script
