#include <gmock/gmock.h>

#include <limits>

#include "conformance/postgres_store.hpp"

namespace sluice::test {
namespace {

using arrow::Kind;
using arrow::Type;

/// A value as PostgreSQL literal and as the text that reading it gives.
struct Case {
  const char* sql_type;
  const char* literal;
  const char* text;
};

constexpr Case kCases[] = {
    {"boolean", "true", "true"},
    {"boolean", "false", "false"},
    {"smallint", "-32768", "-32768"},
    {"integer", "2147483647", "2147483647"},
    {"bigint", "-9223372036854775808", "-9223372036854775808"},
    {"real", "0.1", "0.1"},
    {"double precision", "60012.665", "60012.665"},
    {"double precision", "'NaN'", "NaN"},
    {"double precision", "'-Infinity'", "-Infinity"},
    {"double precision", "5e-324", "5e-324"},
    {"numeric(38,0)", "99999999999999999999999999999999999999", "99999999999999999999999999999999999999"},
    {"numeric(38,38)", "-0.00000000000000000000000000000000000001", "-0.00000000000000000000000000000000000001"},
    {"numeric(12,2)", "-10000.00", "-10000.00"},
    {"numeric(12,2)", "0.05", "0.05"},
    {"numeric(12,3)", "1234567.891", "1234567.891"},
    {"numeric(9,4)", "0.0001", "0.0001"},
    {"numeric", "0", "0"},
    {"numeric", "1e30", "1000000000000000000000000000000"},
    {"numeric", "-1e-20", "-0.00000000000000000001"},
    {"numeric", "123456789012345678901234567890123456789012345678901234567890.123456789000",
     "123456789012345678901234567890123456789012345678901234567890.123456789000"},
    {"numeric", "'NaN'", "NaN"},
    {"text", "''", ""},
    {"text", "E'tab\\tline\\nquote''\\\\'", "tab\tline\nquote'\\"},
    {"text", "'żółć 🐘'", "żółć 🐘"},
    {"varchar(5)", "'żółć'", "żółć"},
    {"char(4)", "'ab'", "ab  "},
    {"bytea", "'\\x00ff27'", "\\x00ff27"},
    {"date", "'2026-02-28'", "2026-02-28"},
    {"date", "'0001-01-01'", "0001-01-01"},
    {"date", "'1969-12-31'", "1969-12-31"},
    {"time", "'23:59:59.999999'", "23:59:59.999999"},
    {"time", "'24:00:00'", "24:00:00"},
    {"timestamp", "'1969-12-31 23:59:59.999999'", "1969-12-31 23:59:59.999999"},
    {"timestamp", "'2026-01-31 13:05:00'", "2026-01-31 13:05:00"},
    {"timestamptz", "'2026-01-31 13:05:00+02'", "2026-01-31 11:05:00+00"},
    {"uuid", "'0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9'", "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"},
    {"json", "'{\"b\": 1.50, \"a\": 1}'", "{\"b\": 1.50, \"a\": 1}"},
    {"jsonb", "'{\"b\": 1.50, \"a\": 1}'", "{\"a\": 1, \"b\": 1.50}"},
    {"interval", "'1 day 02:00:00'", "1 day 02:00:00"},
    {"integer[]", "'{1,NULL,3}'", "{1,NULL,3}"},
    {"inet", "'10.0.0.1/8'", "10.0.0.1/8"},
};

TEST(PostgresTypes, ReadEveryValueExactly) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  for (const Case& one : kCases) {
    SCOPED_TRACE(std::string(one.sql_type) + " " + one.literal);
    target.side.execute("DROP TABLE IF EXISTS v; CREATE TABLE v (id int, x " + std::string(one.sql_type) +
                        ");"
                        "INSERT INTO v VALUES (1, NULL), (2, " +
                        one.literal + ")");
    EXPECT_EQ(read_rows(*target.session, "v", {"x"}), (Rows{{"NULL"}, {one.text}}));
  }
}

TEST(PostgresTypes, CarryEveryLoadableValueToAnEqualOne) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  int64_t chunk = 0;
  for (const Case& one : kCases) {
    SCOPED_TRACE(std::string(one.sql_type) + " " + one.literal);
    const std::string type = one.sql_type;
    if (type == "interval" || type == "integer[]" || type == "inet") continue;
    target.side.execute("DROP TABLE IF EXISTS v, w; CREATE TABLE v (x " + type + "); CREATE TABLE w (x " + type +
                        ");"
                        "INSERT INTO v VALUES (NULL), (" +
                        one.literal + ")");
    const auto source = target.store.open_session();
    target.guarded(work_key("copy", ++chunk), [&] {
      target.session->load({"", "w", {}}, source->read(read_spec("v", {"x"})));
    });
    EXPECT_EQ(target.side.number("SELECT count(*) FROM w"), 2);
    EXPECT_EQ(target.side.scalar("SELECT x::text FROM w WHERE x IS NOT NULL"),
              target.side.scalar("SELECT x::text FROM v WHERE x IS NOT NULL"));
  }
}

TEST(PostgresTypes, CarryRandomNumbersOfEverySize) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute(
      "SELECT setseed(0.5); CREATE TABLE v AS SELECT i AS id, (random() * 10 ^ (i % 25) * sign(random() - "
      "0.5))::numeric(38,12) AS d,"
      " trunc((random() * 10 ^ (i % 60))::numeric * sign(random() - 0.5)::numeric, i % 30) AS n, "
      " (random() * 10 ^ (i % 4))::numeric(9,3) AS s FROM generate_series(1, 3000) i; CREATE TABLE w (LIKE v)");
  const auto source = target.store.open_session();
  target.guarded(work_key("copy"), [&] {
    target.session->load({"", "w", {}}, source->read(read_spec("v", {"id", "d", "n", "s"})));
  });
  EXPECT_EQ(target.side.number("SELECT count(*) FROM (TABLE v EXCEPT TABLE w UNION ALL (TABLE w EXCEPT TABLE v)) x"),
            0);
  EXPECT_EQ(target.side.number(
                "SELECT count(*) FROM v JOIN w USING (id) WHERE v.n::text <> w.n::text OR v.d::text <> w.d::text"),
            0);
  const Rows read = read_rows(*target.session, "v", {"id", "d", "n", "s"});
  const auto texts = target.side.rows("SELECT id, trim_scale(d), n, trim_scale(s) FROM v");
  ASSERT_EQ(read.size(), texts.size());
  for (size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i][2], texts[i][2].value());
}

TEST(PostgresTypes, CarryValuesLargerThanABuffer) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute(
      "CREATE TABLE v (b bytea, x text); CREATE TABLE w (LIKE v);"
      "INSERT INTO v SELECT decode(repeat('00ff', 5000000), 'hex'), repeat('ż', 3000000) FROM generate_series(1, 3)");
  const auto source = target.store.open_session();
  target.guarded(work_key("copy"), [&] {
    target.session->load({"", "w", {}}, source->read(read_spec("v", {"b", "x"})));
  });
  EXPECT_EQ(target.side.number(
                "SELECT count(*) FROM w WHERE b = (SELECT b FROM v LIMIT 1) AND x = (SELECT x FROM v LIMIT 1)"),
            3);
}

TEST(PostgresTypes, DeliverWantedTypes) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute(
      "CREATE TABLE v (a smallint, b integer, c numeric(6,2), d real, e numeric, f date);"
      "INSERT INTO v VALUES (-7, 300, 12.50, 0.5, 42.000, '2026-01-02')");
  const auto read = [&](const std::string& column, const Type& type) {
    return read_rows(*target.session, "v", {column}, {type}).at(0).at(0);
  };
  EXPECT_EQ(read("a", {Kind::int64}), "-7");
  EXPECT_EQ(read("a", {Kind::decimal, 10, 3}), "-7.000");
  EXPECT_EQ(read("b", {Kind::uint16}), "300");
  EXPECT_EQ(read("b", {Kind::text}), "300");
  EXPECT_EQ(read("b", {Kind::number}), "300");
  EXPECT_EQ(read("c", {Kind::decimal, 38, 10}), "12.5000000000");
  EXPECT_EQ(read("c", {Kind::decimal, 3, 1}), "12.5");
  EXPECT_EQ(read("d", {Kind::float64}), "0.5");
  EXPECT_EQ(read("e", {Kind::int32}), "42");
  EXPECT_EQ(read("f", {Kind::text}), "2026-01-02");
}

TEST(PostgresTypes, NameTheCellThatDoesNotFit) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute(
      "CREATE TABLE v (id int PRIMARY KEY, n numeric, b bigint, d date, ts timestamp);"
      "INSERT INTO v VALUES (7, 1.25, 70000, 'infinity', '294276-12-31')");
  const auto failure = [&](const std::string& column, const Type& type) {
    const Error error = error_of([&] {
      store::ReadSpec spec = read_spec("v", {"id", column});
      spec.wanted = {{"id", {Kind::int64}}, {column, type}};
      spec.range.key = {"id"};
      all_rows(*target.session->read(spec));
    });
    EXPECT_EQ(error.code(), Code::data);
    return std::string(error.what());
  };
  using testing::AllOf;
  using testing::HasSubstr;
  EXPECT_THAT(failure("n", {Kind::decimal, 10, 1}), AllOf(HasSubstr("public.v (id = 7), column n"), HasSubstr("1.25")));
  EXPECT_THAT(failure("n", {Kind::int64}), HasSubstr("behind the point"));
  EXPECT_THAT(failure("b", {Kind::int16}), AllOf(HasSubstr("70000"), HasSubstr("out of range")));
  EXPECT_THAT(failure("d", {Kind::date}), HasSubstr("infinity"));
  EXPECT_THAT(failure("ts", {Kind::timestamp}), HasSubstr("beyond 64 bits"));
  EXPECT_EQ(error_of([&] { read_rows(*target.session, "v", {"id"}, {{Kind::uuid}}); }).code(), Code::unsupported);
  EXPECT_THAT(error_of([&] { read_rows(*target.session, "v", {"idd"}); }).what(), HasSubstr("id?"));
  EXPECT_EQ(read_rows(*target.session, "v", {"id"}).size(), 1u) << "the session goes on";
}

/// Loads one value of `type` into a column x and answers the error.
Error load_failure(Target& target, const std::string& column_type, const Type& type,
                   const std::function<void(arrow::ColumnBuilder&)>& append) {
  target.side.execute("DROP TABLE IF EXISTS v; CREATE TABLE v (id bigint, x " + column_type + ")");
  arrow::BatchBuilder builder({{"id", {Kind::int64}}, {"x", type}});
  builder.column(0).append_int64(5);
  append(builder.column(1));
  return error_of([&] {
    target.guarded(work_key("copy"), [&] { target.session->load({"", "v", {}}, std::make_unique<OneBatch>(builder)); });
  });
}

TEST(PostgresTypes, RefuseWhatTheServerWouldChangeSilently) {
  SLUICE_REQUIRE_POSTGRES();
  using testing::HasSubstr;
  Target target;
  const auto bytes = [](std::string_view text) {
    return [text](arrow::ColumnBuilder& column) { column.append_bytes(text); };
  };
  const auto integer = [](int64_t value) {
    return [value](arrow::ColumnBuilder& column) { column.append_int64(value); };
  };
  const auto check = [](const Error& error, const char* part) {
    EXPECT_EQ(error.code(), Code::data) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(part));
    EXPECT_THAT(error.what(), HasSubstr("row 1, id = 5"));
    EXPECT_THAT(error.what(), HasSubstr("public.v"));
    EXPECT_THAT(error.what(), HasSubstr("column x"));
  };
  check(load_failure(target, "text", {Kind::text}, bytes(std::string_view("a\0b", 3))), "NUL byte");
  check(load_failure(target, "varchar(3)", {Kind::text}, bytes("abc ")), "longer than the column");
  check(load_failure(target, "numeric(6,2)", {Kind::decimal, 9, 3}, [](auto& c) { c.append_decimal(1235); }), "1.235");
  check(load_failure(target, "numeric(6,2)", {Kind::number}, bytes("1.2350")), "would round");
  check(load_failure(target, "numeric", {Kind::number}, bytes("12x")), "not a number");
  check(load_failure(target, "integer", {Kind::int64}, integer(3'000'000'000)), "out of range");
  check(load_failure(target, "bigint", {Kind::uint64}, integer(-1)), "out of range");
  check(load_failure(target, "timestamp(3)", {Kind::timestamp}, integer(1)), "would round");
  check(load_failure(target, "timestamp", {Kind::timestamp}, integer(INT64_MIN)), "outside");
  check(load_failure(target, "date", {Kind::date}, integer(INT32_MAX)), "is infinite");
  check(load_failure(target, "real", {Kind::float64}, [](auto& c) { c.append_double(0.1); }), "not exactly a real");
  EXPECT_EQ(target.side.number("SELECT count(*) FROM v"), 0);
}

TEST(PostgresTypes, PassOnWhatTheServerRefuses) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  const auto bytes = [](std::string_view text) {
    return [text](arrow::ColumnBuilder& column) { column.append_bytes(text); };
  };
  EXPECT_EQ(load_failure(target, "text", {Kind::text}, bytes("\xff")).code(), Code::data);
  EXPECT_EQ(load_failure(target, "jsonb", {Kind::json}, bytes("{")).code(), Code::data);
  EXPECT_EQ(load_failure(target, "numeric(3,1)", {Kind::number}, bytes("1234.5")).code(), Code::data);
  EXPECT_EQ(load_failure(target, "text CHECK (x <> 'a')", {Kind::text}, bytes("a")).code(), Code::constraint);
  EXPECT_EQ(load_failure(target, "inet", {Kind::text}, bytes("10.0.0.1")).code(), Code::unsupported);
  EXPECT_EQ(load_failure(target, "bigint", {Kind::text}, bytes("1")).code(), Code::unsupported);
}

TEST(PostgresTypes, FillEnumsAndDomains) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute(
      "CREATE TYPE mood AS ENUM ('sad', 'it''s ok'); CREATE DOMAIN cents AS numeric(10,2) CHECK (VALUE >= 0);"
      "CREATE DOMAIN price AS cents; CREATE TABLE v (m mood, p price)");
  arrow::BatchBuilder builder({{"m", {Kind::text}}, {"p", {Kind::decimal, 12, 4}}});
  builder.column(0).append_bytes("it's ok");
  builder.column(1).append_decimal(125'000);
  target.guarded(work_key("copy"), [&] { target.session->load({"", "v", {}}, std::make_unique<OneBatch>(builder)); });
  EXPECT_EQ(read_rows(*target.session, "v", {"m", "p"}), (Rows{{"it's ok", "12.50"}}));
}

TEST(PostgresTypes, RefuseTablesThatACrashWouldEmpty) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute("CREATE UNLOGGED TABLE v (id bigint, note text); CREATE VIEW w AS SELECT * FROM t");
  for (const char* table : {"v", "w"}) {
    const Error error = error_of([&] {
      target.guarded(work_key("copy"), [&] {
        target.session->load({"", table, {}}, std::make_unique<NumberedRows>(1, 1));
      });
    });
    EXPECT_EQ(error.code(), Code::unsupported) << error.what();
  }
}

TEST(PostgresTypes, NoticeRowsThatATriggerSwallows) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute(
      "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id % 2 = 0 THEN "
      "RETURN NULL; END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER s BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION swallow()");
  const Error error = error_of([&] { target.guarded(work_key("copy"), [&] { target.load(1, 10); }); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), testing::HasSubstr("10 rows were sent, the server took 5"));
}

}  // namespace
}  // namespace sluice::test
