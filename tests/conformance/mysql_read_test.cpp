#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "conformance/mysql_store.hpp"

namespace sluice::test {
namespace {

using arrow::Kind;
using arrow::Type;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

/// A column's declaration, a value as SQL, what arrives of it, and the type that it is delivered as.
struct ValueCase {
  const char* name;
  const char* declared;
  const char* value;
  const char* type;
  std::string text;
};

class MySqlValue : public testing::TestWithParam<ValueCase> {};

TEST_P(MySqlValue, ArrivesExactly) {
  SLUICE_REQUIRE_MYSQL();
  const ValueCase& given = GetParam();
  MySqlSource source(std::string("CREATE TABLE t (v ") + given.declared + "); SET sql_mode = ''; INSERT INTO t VALUES (" + given.value +
                     "), (NULL)");
  const auto rows = source.session->read(read_spec("t", {"v"}));
  EXPECT_EQ(to_text(rows->fields()[0].type), given.type);
  EXPECT_EQ(all_rows(*rows), (Rows{{given.text}, {"NULL"}}));
}

INSTANTIATE_TEST_SUITE_P(
    Types, MySqlValue,
    testing::Values(
        ValueCase{"tinyint_least", "tinyint", "-128", "int8", "-128"}, ValueCase{"tinyint_unsigned", "tinyint unsigned", "255", "uint8", "255"},
        ValueCase{"tinyint_1", "tinyint(1)", "2", "int8", "2"}, ValueCase{"smallint", "smallint", "-32768", "int16", "-32768"},
        ValueCase{"smallint_unsigned", "smallint unsigned", "65535", "uint16", "65535"},
        ValueCase{"mediumint", "mediumint", "-8388608", "int32", "-8388608"},
        ValueCase{"mediumint_unsigned", "mediumint unsigned", "16777215", "uint32", "16777215"},
        ValueCase{"int_least", "int", "-2147483648", "int32", "-2147483648"}, ValueCase{"int_zerofill", "int(5) zerofill", "42", "uint32", "42"},
        ValueCase{"int_unsigned", "int unsigned", "4294967295", "uint32", "4294967295"},
        ValueCase{"bigint_least", "bigint", "-9223372036854775808", "int64", "-9223372036854775808"},
        ValueCase{"bigint_unsigned", "bigint unsigned", "18446744073709551615", "uint64", "18446744073709551615"},
        ValueCase{"decimal", "decimal(20,6)", "-12345678901234.500001", "decimal(20,6)", "-12345678901234.500001"},
        ValueCase{"decimal_widest", "decimal(65,30)", "-12345678901234567890123456789012345.123456789012345678901234567890", "number",
                  "-12345678901234567890123456789012345.123456789012345678901234567890"},
        ValueCase{"float", "float", "16777217", "float32", "16777216"}, ValueCase{"float_digits", "float", "0.1234567", "float32", "0.1234567"},
        ValueCase{"double", "double", "0.1", "float64", "0.1"},
        ValueCase{"double_greatest", "double", "1.7976931348623157e308", "float64", "1.7976931348623157e+308"},
        ValueCase{"year", "year", "2155", "int16", "2155"}, ValueCase{"date_first", "date", "'0001-01-01'", "date", "0001-01-01"},
        ValueCase{"date_last", "date", "'9999-12-31'", "date", "9999-12-31"},
        ValueCase{"datetime", "datetime", "'1969-12-31 23:59:59'", "timestamp", "1969-12-31 23:59:59"},
        ValueCase{"datetime_micros", "datetime(6)", "'2026-01-31 13:05:00.000001'", "timestamp", "2026-01-31 13:05:00.000001"},
        ValueCase{"timestamp", "timestamp(3) NULL", "'2026-03-29 02:30:00.125'", "timestamptz", "2026-03-29 02:30:00.125+00"},
        ValueCase{"time", "time(6)", "'23:59:59.999999'", "time", "23:59:59.999999"}, ValueCase{"char_padded", "char(5)", "'ab'", "text(5)", "ab"},
        ValueCase{"varchar_blanks", "varchar(10)", "'ab  '", "text(10)", "ab  "}, ValueCase{"empty_text", "varchar(10)", "''", "text(10)", ""},
        ValueCase{"emoji", "varchar(10)", "_utf8mb4 X'F09F9880'", "text(10)", "\xf0\x9f\x98\x80"},
        ValueCase{"latin1", "varchar(10) character set latin1", "_latin1 X'E4F680'", "text(10)", "\xc3\xa4\xc3\xb6\xe2\x82\xac"},
        ValueCase{"nul_in_text", "text", "_utf8mb4 X'610062'", "text", std::string("a\0b", 3)},
        ValueCase{"binary_padded", "binary(4)", "X'FF00'", "binary", "\\xff000000"}, ValueCase{"blob_with_nul", "blob", "X'0001FF'", "binary", "\\x0001ff"},
        ValueCase{"bit", "bit(10)", "b'1000000001'", "binary", "\\x0201"}, ValueCase{"enum", "enum('a','b,c','it''s')", "'b,c'", "text", "b,c"},
        ValueCase{"enum_wrong", "enum('a')", "'zzz'", "text", ""}, ValueCase{"set", "set('x','y','z')", "'x,z'", "text", "x,z"},
        ValueCase{"json", "json", "'{\"a\": [1, 1.50]}'", "json", "{\"a\": [1, 1.50]}"},
        ValueCase{"uuid", "uuid", "'6ccd780c-baba-1026-9564-5b8c656024db'", "uuid", "6ccd780c-baba-1026-9564-5b8c656024db"},
        ValueCase{"point", "point", "ST_GeomFromText('POINT(1 2)')", "binary", "\\x0101000000000000000000f03f0000000000000040"}),
    [](const auto& info) { return info.param.name; });

/// Values that no type of the target's kind can hold end in an error that names them.
struct RefusalCase {
  const char* name;
  const char* declared;
  const char* value;
  Type wanted;
  const char* shown;
};

class MySqlRefusal : public testing::TestWithParam<RefusalCase> {};

TEST_P(MySqlRefusal, NamesTableKeyColumnAndValue) {
  SLUICE_REQUIRE_MYSQL();
  const RefusalCase& given = GetParam();
  MySqlSource source(std::string("CREATE TABLE t (id int PRIMARY KEY, v ") + given.declared + "); SET sql_mode = ''; INSERT INTO t VALUES (7, " +
                     given.value + ")");
  const Error error = error_of([&] { read_rows(*source.session, "t", {"id", "v"}, {{Kind::int32}, given.wanted}); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.message(), AllOf(HasSubstr(".t (id = 7), column v"), HasSubstr(given.shown)));
}

INSTANTIATE_TEST_SUITE_P(Values, MySqlRefusal,
                         testing::Values(RefusalCase{"zero_date", "date", "'0000-00-00'", {Kind::date}, "0000-00-00"},
                                         RefusalCase{"no_day", "date", "'2026-01-00'", {Kind::date}, "2026-01-00"},
                                         RefusalCase{"no_month", "datetime", "'2026-00-00 10:00:00'", {Kind::timestamp}, "2026-00-00 10:00:00"},
                                         RefusalCase{"zero_timestamp", "timestamp NULL", "0", {Kind::timestamptz}, "0000-00-00 00:00:00"},
                                         RefusalCase{"long_time", "time", "'-838:59:59'", {Kind::time}, "-838:59:59"},
                                         RefusalCase{"not_boolean", "tinyint(1)", "2", {Kind::boolean}, "2"},
                                         RefusalCase{"too_large", "bigint unsigned", "18446744073709551615", {Kind::int64}, "18446744073709551615"},
                                         RefusalCase{"not_decimal", "decimal(10,3)", "1.234", {Kind::decimal, 10, 2}, "1.234"}),
                         [](const auto& info) { return info.param.name; });

TEST(MySqlRead, MakesZeroDatesNullWhereTheStoreSaysSo) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source("CREATE TABLE t (v date NOT NULL); SET sql_mode = ''; INSERT INTO t VALUES ('0000-00-00'), ('2026-01-31')",
                     {{"zero_dates", "null"}});
  EXPECT_EQ(read_rows(*source.session, "t", {"v"}), (Rows{{"NULL"}, {"2026-01-31"}}));
}

TEST(MySqlRead, MakesZeroDatesTheDateThatTheStoreNames) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source(
      "CREATE TABLE t (id int PRIMARY KEY, v date NOT NULL, at datetime(3) NOT NULL); SET sql_mode = '';"
      "INSERT INTO t VALUES (1, '0000-00-00', '2026-00-31 10:11:12.5'), (2, '2026-01-31', '2026-01-31 00:00:01')",
      {{"zero_dates", "1970-01-01"}});
  const Rows expected = {{"1970-01-01", "1970-01-01 00:00:00"}, {"2026-01-31", "2026-01-31 00:00:01"}};
  EXPECT_EQ(read_rows(*source.session, "t", {"v", "at"}), expected);
  EXPECT_EQ(read_rows(*source.session, "t", {"v", "at"}, {{Kind::text}, {Kind::text}}), expected);
  const catalog::Catalog found = source.session->catalog({.evidence = true});
  EXPECT_FALSE(found.tables.at(0).columns.at(1).nullable);
  EXPECT_THAT(found.notes, Contains(HasSubstr("t.v: 1 dates without month or day (0000-00-00) become 1970-01-01")));
}

TEST(MySqlRead, RefusesDaysThatNoCalendarHasAndNeverMakesOthersOfThem) {
  SLUICE_REQUIRE_MYSQL();
  for (const char* option : {"refuse", "null", "1970-01-01"}) {
    MySqlSource source(
        "CREATE TABLE t (id int PRIMARY KEY, v date, at datetime); SET sql_mode = 'ALLOW_INVALID_DATES';"
        "INSERT INTO t VALUES (1, '2024-02-29', '2026-04-30 23:59:59'), (2, '2023-02-29', NULL), (3, NULL, '2026-04-31 00:00:00')",
        {{"zero_dates", option}});
    for (const char* column : {"v", "at"}) {
      EXPECT_THAT(error_of([&] { read_rows(*source.session, "t", {column}); }).what(), HasSubstr("is no day of the calendar")) << column;
    }
    EXPECT_EQ(read_rows(*source.session, "t", {"v"}, {{Kind::text}}), (Rows{{"2024-02-29"}, {"2023-02-29"}, {"NULL"}}));
  }
}

TEST(MySqlRead, TakesOnlyRealDatesForZeroDates) {
  for (const char* wrong : {"1970-02-30", "0000-00-00", "1970-1-1", "-970-01-01", "now", "", "1970-01-01 00:00:00"}) {
    EXPECT_THAT(error_of([&] {
                  mysql_store("mysql://u@h/d", {{"zero_dates", wrong}});
                }).message(),
                HasSubstr(std::string("option 'zero_dates': expected refuse, null or a date as 1970-01-01, found ") + wrong));
  }
}

struct CutCase {
  const char* name;
  const char* script;
  const char* type;
  size_t least_cuts;
};

class MySqlChunks : public testing::TestWithParam<CutCase> {};

TEST_P(MySqlChunks, CoverEveryRowExactlyOnce) {
  SLUICE_REQUIRE_MYSQL();
  const CutCase& given = GetParam();
  MySqlSource source(std::string(given.script) + "; ANALYZE TABLE t");
  const store::Cuts cuts = source.session->plan_chunks(read_spec("t", {"id"}), 8);
  EXPECT_GE(cuts.cuts.size(), given.least_cuts);
  std::multiset<std::string> read, there;
  for (size_t i = 0; i <= cuts.cuts.size(); ++i) {
    for (const auto& row : read_rows(*source.session, "t", {"id"}, {}, store::chunk_range(cuts, i))) read.insert(row[0]);
  }
  for (const auto& row : source.side.rows("SELECT id FROM t")) there.insert(row[0]);
  EXPECT_EQ(read, there);
}

INSTANTIATE_TEST_SUITE_P(
    Tables, MySqlChunks,
    testing::Values(CutCase{"dense", "CREATE TABLE t (id int PRIMARY KEY) SELECT cast(seq AS SIGNED) - 500 AS id FROM seq_1_to_5000", "integer", 7},
                    CutCase{"sparse", "CREATE TABLE t (id bigint PRIMARY KEY) SELECT cast(seq * seq * 100003 AS SIGNED) - 5000000 AS id FROM seq_1_to_5000", "integer", 7},
                    CutCase{"extremes", "CREATE TABLE t (id bigint PRIMARY KEY); INSERT INTO t VALUES (-9223372036854775808), (9223372036854775807), (0)",
                            "integer", 1},
                    CutCase{"unsigned", "CREATE TABLE t (id bigint unsigned PRIMARY KEY) SELECT 18446744073709551615 - seq AS id FROM seq_1_to_5000",
                            "decimal", 7},
                    CutCase{"decimal", "CREATE TABLE t (id decimal(10,2) PRIMARY KEY) SELECT seq / 4 AS id FROM seq_1_to_5000", "decimal", 7},
                    CutCase{"date", "CREATE TABLE t (id date PRIMARY KEY) SELECT '1990-01-01' + INTERVAL seq DAY AS id FROM seq_1_to_5000", "date", 7},
                    CutCase{"keyless", "CREATE TABLE t (id int) SELECT seq % 100 AS id FROM seq_1_to_5000", "local", 0},
                    CutCase{"text", "CREATE TABLE t (id varchar(20) PRIMARY KEY) SELECT concat('k', seq) AS id FROM seq_1_to_5000", "local", 0},
                    CutCase{"empty", "CREATE TABLE t (id int PRIMARY KEY)", "integer", 0}),
    [](const auto& info) { return info.param.name; });

TEST(MySqlRead, StreamsWithinABatchOfMemoryAndCanBeGivenUp) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source("CREATE TABLE t (id int PRIMARY KEY, v varchar(200)) SELECT seq AS id, repeat('x', 200) AS v FROM seq_1_to_100000");
  {
    store::ReadSpec spec = read_spec("t", {"id", "v"});
    spec.batch_rows = 100;
    const auto reader = source.session->read(spec);
    EXPECT_EQ(reader->next()->length, 100);
    const Error busy = error_of([&] { source.session->scalar("SELECT 1"); });
    EXPECT_THAT(busy.message(), HasSubstr("busy"));
  }
  EXPECT_EQ(source.session->scalar("SELECT count(*) FROM t"), "100000");
}

TEST(MySqlRead, IsEndedByCancelFromAnotherThread) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    source.session->cancel();
  });
  const Error error = error_of([&] { source.session->execute("DO sleep(30)"); });
  other.join();
  EXPECT_EQ(error.code(), Code::cancelled) << error.what();
  EXPECT_EQ(source.session->scalar("SELECT 1"), "1");
}

TEST(MySqlRead, NamesWhatIsNotThere) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source("CREATE TABLE orders (id int, total int)");
  const Error table = error_of([&] { read_rows(*source.session, "nope", {"id"}); });
  EXPECT_EQ(table.code(), Code::not_found);
  EXPECT_THAT(table.message(), HasSubstr("nope"));
  const Error column = error_of([&] { read_rows(*source.session, "orders", {"totl"}); });
  EXPECT_THAT(column.what(), AllOf(HasSubstr("totl"), HasSubstr("total")));
}

struct UrlCase {
  const char* name;
  const char* url;
  const char* says;
};

class MySqlUrl : public testing::TestWithParam<UrlCase> {};

TEST_P(MySqlUrl, IsRefusedWithoutItsPassword) {
  const Error error = error_of([&] { mysql_store(GetParam().url).open_session(); });
  EXPECT_THAT(error.what(), HasSubstr(GetParam().says));
  EXPECT_THAT(error.what(), testing::Not(HasSubstr("hush")));
}

INSTANTIATE_TEST_SUITE_P(Wrong, MySqlUrl,
                         testing::Values(UrlCase{"scheme", "postgresql://u:hush@h/d", "mysql://"}, UrlCase{"no_database", "mysql://u:hush@h", "database"},
                                         UrlCase{"escape", "mysql://u:hush%2@h/d", "%"}, UrlCase{"port", "mysql://u:hush@h:99999/d", "65535"},
                                         UrlCase{"setting", "mysql://u:hush@h/d?ssl=1", "ssl"}, UrlCase{"tls", "mysql://u:hush@h/d?tls=maybe", "verify"},
                                         UrlCase{"nobody", "mysql://u:hush@127.0.0.1:1/d", "127.0.0.1:1/d"}),
                         [](const auto& info) { return info.param.name; });

TEST(MySqlRead, RefusesAWrongPasswordWithoutRepeatingIt) {
  SLUICE_REQUIRE_MYSQL();
  std::string url = shared_mysql_url();
  const size_t at = url.find('@'), colon = url.find(':', 8);
  url.replace(colon + 1, at - colon - 1, "hush");
  const Error error = error_of([&] { mysql_store(url).open_session(); });
  EXPECT_EQ(error.code(), Code::permission);
  EXPECT_THAT(error.what(), testing::Not(HasSubstr("hush")));
}

}  // namespace
}  // namespace sluice::test
