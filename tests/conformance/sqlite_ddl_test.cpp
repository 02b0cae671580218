#include <gmock/gmock.h>

#include <cstdint>
#include <limits>

#include "sqlite_store.hpp"

namespace sluice::test {
namespace {

using arrow::Kind;
using arrow::Type;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

catalog::Column column(const std::string& name, const Type& type, bool nullable = true) {
  catalog::Column made;
  made.name = name;
  made.type = made.carrier = type;
  made.nullable = nullable;
  return made;
}

/// A new, empty target.
class SqliteDdl : public testing::Test {
 protected:
  /// Makes everything and answers the warnings of both stages.
  std::vector<std::string> make(const catalog::Catalog& wanted) {
    std::vector<std::string> warnings;
    for (const char* stage : {"tables", "finish"}) {
      const catalog::Ddl ddl = target_.session.ddl(wanted, stage);
      target_.guarded(work_key(stage), [&] {
        for (const catalog::Statement& statement : ddl.statements) target_.session.execute(statement.sql);
        target_.session.objects_record(ddl.statements);
      });
      warnings.insert(warnings.end(), ddl.warnings.begin(), ddl.warnings.end());
    }
    return warnings;
  }

  TempDirectory directory_;
  Target target_{directory_ / "new.db"};
};

catalog::Catalog one_table(std::vector<catalog::Column> columns) {
  catalog::Catalog wanted;
  wanted.tables.emplace_back();
  wanted.tables[0].schema = "public";
  wanted.tables[0].name = "t";
  wanted.tables[0].columns = std::move(columns);
  return wanted;
}

TEST_F(SqliteDdl, EveryTypeIsHeldSoThatItReadsBack) {
  const std::vector<Type> types = {
      {Kind::boolean}, {Kind::int16},          {Kind::int64},           {Kind::float64},
      {Kind::date},    {Kind::time},           {Kind::timestamp},       {Kind::timestamptz},
      {Kind::uuid},    {Kind::json},           {Kind::binary},          {Kind::text, 0, 0, 40},
      {Kind::number},  {Kind::decimal, 12, 2}, {Kind::decimal, 30, 10}, {Kind::uint64}};
  std::vector<catalog::Column> columns;
  std::vector<arrow::Field> fields;
  for (size_t i = 0; i < types.size(); ++i) {
    const std::string name = "c" + std::to_string(i);
    columns.push_back(column(name, types[i]));
    fields.push_back({name, types[i]});
  }
  const catalog::Ddl ddl = target_.session.ddl(one_table(columns), "tables");
  std::string natives;
  for (const catalog::TargetColumn& held : ddl.columns) natives += held.native + " ";
  EXPECT_EQ(
      natives,
      "BOOLEAN INTEGER INTEGER REAL DATE TEXT DATETIME TEXT TEXT TEXT BLOB VARCHAR(40) TEXT NUMERIC(12,2) TEXT TEXT ");
  EXPECT_EQ(ddl.warnings.size(), 2u);
  make(one_table(columns));

  arrow::BatchBuilder rows(fields);
  const std::string id(16, '\x0a');
  rows.column(0).append_int64(1);
  rows.column(1).append_int64(-5);
  rows.column(2).append_int64(INT64_MIN);
  rows.column(3).append_double(60012.665);
  rows.column(4).append_int64(19723);
  rows.column(5).append_int64(3600000000);
  rows.column(6).append_int64(1704067200250000);
  rows.column(7).append_int64(1704067200000000);
  rows.column(8).append_bytes(id);
  rows.column(9).append_bytes("12");
  rows.column(10).append_bytes(std::string("\0\xff", 2));
  rows.column(11).append_bytes(std::string("0012 \0 \xc3\xbc", 9));
  rows.column(12).append_bytes("123456789012345678901234567890.50");
  rows.column(13).append_decimal(-1230);
  rows.column(14).append_decimal(static_cast<arrow::Int128>(1234567890123456789) * 10000000000);
  rows.column(15).append_int64(-1);
  for (size_t i = 0; i < types.size(); ++i) rows.column(i).append_null();
  const std::vector<std::string> names = [&] {
    std::vector<std::string> all;
    for (const arrow::Field& field : fields) all.push_back(field.name);
    return all;
  }();
  target_.guarded(work_key("load"), [&] {
    EXPECT_EQ(target_.session.load({"main", "t", names}, std::make_unique<OneBatch>(rows)).rows, 2);
  });

  std::vector<Type> carriers;
  for (const catalog::TargetColumn& held : ddl.columns) carriers.push_back(held.carrier);
  const Rows back = read_rows(target_.session, "t", names, carriers);
  ASSERT_EQ(back.size(), 2u);
  EXPECT_THAT(back[0],
              ElementsAre("1", "-5", "-9223372036854775808", "60012.665", "2024-01-01", "01:00:00",
                          "2024-01-01 00:00:00.25", "2024-01-01 00:00:00+00", "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a",
                          "12", "\\x00ff", std::string("0012 \0 \xc3\xbc", 9), "123456789012345678901234567890.50",
                          "-12.3", "1234567890123456789.0000000000", "18446744073709551615"));
  EXPECT_EQ(back[1], std::vector<std::string>(types.size(), "NULL"));
}

TEST_F(SqliteDdl, KeysChecksAndDefaultsAreMadeWithTheTable) {
  catalog::Catalog wanted =
      one_table({column("id", {Kind::int32}, false), column("code", {Kind::text}, false),
                 column("flag", {Kind::boolean}), column("at", {Kind::timestamp}), column("zoned", {Kind::timestamptz}),
                 column("token", {Kind::uuid}), column("n", {Kind::int64})});
  catalog::Table& table = wanted.tables[0];
  table.primary_key = catalog::Key{"t_pkey", {"id"}};
  table.uniques = {{"t_code_key", {"code"}}};
  table.columns[0].identity = true;
  table.columns[0].next = 100;
  table.columns[2].default_value = {"literal", "true"};
  table.columns[3].default_value = {"now", ""};
  table.columns[4].default_value = {"now", ""};
  table.columns[5].default_value = {"uuid", ""};
  table.columns[6].default_value = {"native", "nextval('x'::regclass)"};
  table.checks = {{"positive", "n > 0"}, {"foreign", "code ~ '^a'::text"}};
  table.indexes = {{"t_open", {{"code", true}}, false, "flag", ""},
                   {"T", {{"n", false}}, true, "", ""},
                   {"odd", {}, false, "", "CREATE INDEX odd ON public.t USING gin (to_tsvector(code))"}};
  const std::vector<std::string> warnings = make(wanted);
  EXPECT_THAT(warnings, Contains(HasSubstr("t.n: the default nextval")));
  EXPECT_THAT(warnings, Contains(HasSubstr("the check (code ~ '^a'::text) is left out")));
  EXPECT_THAT(warnings, Contains(HasSubstr("the index odd is left out")));
  EXPECT_THAT(warnings, Contains(HasSubstr("the index 'T' becomes t_T")));

  store::Session& session = target_.session;
  session.execute("INSERT INTO t (code, n) VALUES ('a', 1)");
  EXPECT_EQ(session.scalar("SELECT id FROM t"), "100");
  EXPECT_EQ(session.scalar("SELECT flag FROM t"), "1");
  EXPECT_THAT(*session.scalar("SELECT zoned FROM t"), testing::EndsWith("+00"));
  EXPECT_EQ(session.scalar("SELECT token LIKE '________-____-4___-____-____________' FROM t"), "1");
  EXPECT_EQ(error_of([&] { session.execute("INSERT INTO t (code, n) VALUES ('b', 0)"); }).code(), Code::constraint);
  EXPECT_EQ(error_of([&] { session.execute("INSERT INTO t (code, n) VALUES ('a', 2)"); }).code(), Code::constraint);
  const catalog::Catalog made = session.catalog({});
  ASSERT_EQ(made.tables.size(), 1u);
  EXPECT_EQ(made.tables[0].indexes.size(), 2u);
  EXPECT_EQ(made.tables[0].indexes[0].where, "flag");
  EXPECT_TRUE(made.tables[0].indexes[0].columns[0].descending);
}

TEST_F(SqliteDdl, TheSequenceNeverFallsBehindTheRows) {
  catalog::Catalog wanted = one_table({column("id", {Kind::int64}, false)});
  wanted.tables[0].primary_key = catalog::Key{"", {"id"}};
  wanted.tables[0].columns[0].identity = true;
  wanted.tables[0].columns[0].next = 10;
  store::Session& session = target_.session;
  session.execute(session.ddl(wanted, "tables").statements.at(0).sql);
  session.execute("INSERT INTO t VALUES (5000); DELETE FROM t; INSERT INTO t VALUES (3)");
  for (const catalog::Statement& statement : session.ddl(wanted, "finish").statements) session.execute(statement.sql);
  EXPECT_EQ(session.catalog({}).tables[0].columns[0].next, 5001);
}

TEST_F(SqliteDdl, ForeignKeysStayWithinTheTables) {
  catalog::Catalog wanted = one_table({column("a", {Kind::int64}), column("b", {Kind::int64})});
  catalog::Table parent = wanted.tables[0];
  parent.name = "parent";
  parent.primary_key = catalog::Key{"", {"a"}};
  wanted.tables[0].foreign_keys = {{"up", {"b"}, "public", "parent", {"a"}, "set null", "cascade"},
                                   {"out", {"a"}, "", "elsewhere", {"x"}, "", ""}};
  wanted.tables.push_back(parent);
  EXPECT_THAT(make(wanted), Contains(HasSubstr("elsewhere")));
  const catalog::Catalog made = target_.session.catalog({});
  ASSERT_EQ(made.find_table("t")->foreign_keys.size(), 1u);
  const catalog::ForeignKey& key = made.find_table("t")->foreign_keys[0];
  EXPECT_EQ(key.name, "up");
  EXPECT_EQ(key.on_delete, "set null");
  EXPECT_EQ(key.on_update, "cascade");
}

TEST_F(SqliteDdl, NamesThatCollideHereAreRefused) {
  EXPECT_EQ(error_of([&] {
              make(one_table({column("Id", {Kind::text}), column("id", {Kind::text})}));
            }).code(),
            Code::invalid_argument);
  catalog::Catalog reserved = one_table({column("a", {Kind::text})});
  reserved.tables[0].name = "sqlite_things";
  EXPECT_EQ(error_of([&] { make(reserved); }).code(), Code::unsupported);
  EXPECT_EQ(error_of([&] { target_.session.ddl({}, "middle"); }).code(), Code::invalid_argument);
}

TEST_F(SqliteDdl, WhatSqliteWouldChangeSilentlyIsRefused) {
  make(one_table({column("x", {Kind::float64})}));
  arrow::BatchBuilder rows({{"x", {Kind::float64}}});
  rows.column(0).append_double(std::numeric_limits<double>::quiet_NaN());
  store::Guard guard(target_.session, target_.fence, work_key("load"));
  const Error error = error_of([&] { target_.session.load({"", "t", {"x"}}, std::make_unique<OneBatch>(rows)); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), HasSubstr("NaN"));
}

TEST_F(SqliteDdl, ChinooksOwnCatalogIsMadeAgainWhole) {
  SLUICE_REQUIRE_DATA("chinook/chinook.sqlite");
  const store::Store source = sqlite_store(shared_data_directory() + "/chinook/chinook.sqlite", "read");
  const catalog::Catalog chinook = store::Session(source).catalog({});
  EXPECT_THAT(make(chinook), IsEmpty());
  const catalog::Catalog made = target_.session.catalog({});
  ASSERT_EQ(made.tables.size(), chinook.tables.size());
  for (const catalog::Table& table : chinook.tables) {
    const catalog::Table* again = made.find_table(table.name);
    ASSERT_NE(again, nullptr);
    EXPECT_EQ(again->columns.size(), table.columns.size());
    EXPECT_EQ(again->foreign_keys.size(), table.foreign_keys.size()) << table.name;
    EXPECT_EQ(again->indexes.size(), table.indexes.size()) << table.name;
    EXPECT_EQ(again->primary_key->columns, table.primary_key->columns);
    for (const catalog::Column& each : table.columns)
      EXPECT_EQ(again->find_column(each.name)->type, each.type) << each.name;
  }
}

}  // namespace
}  // namespace sluice::test
