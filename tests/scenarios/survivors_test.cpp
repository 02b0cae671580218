// What a correct mover survives and no single value shows: keys, names, counters, dangling references. The list of all items and of
// the tests that prove them is tests/data/survivors.txt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/project.hpp"
#include "support/mysql_server.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string all_of(const Ending& ending) { return ending.out + ending.err; }

TEST(Survivors, ADanglingReferenceStopsTheCopyAtItsForeignKey) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase target;
  const Project project;
  run_sqlite(
      project / "a.db",
      "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id));"
      "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (10, 1), (11, 77)");
  const Ending planned = project.sluice({"copy", "sqlite:a.db", target.url(), "--plan"});
  EXPECT_THAT(all_of(planned), HasSubstr("child: 1 row without the row of parent that (parent_id) names, the first with id = 11"));
  const Ending ending = project.sluice({"copy", "sqlite:a.db", target.url()});
  EXPECT_EQ(ending.code, 1);
  EXPECT_THAT(all_of(ending), HasSubstr("child"));
  EXPECT_THAT(all_of(ending), HasSubstr("(parent_id)=(77)"));
}

TEST(Survivors, TheChunksOfTheLargestTableComeFirst) {
  const Project project("", R"lua(
    local m = map { from = "old", to = "new" }
    return workflow "order" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = store "sqlite" { path = "target.db" } },
      phase "copy" {
        step "tables" { schema.create { map = m } },
        step "rows" { copy.tables { map = m, workers = 1, chunk_rows = 100 } },
      },
    })lua");
  std::string script;
  for (const auto& [table, rows] : {std::pair("a_small", 10), std::pair("b_largest", 300), std::pair("c_middle", 150)}) {
    script += "CREATE TABLE " + std::string(table) +
              " (id INTEGER PRIMARY KEY); WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i " + "WHERE n < " +
              std::to_string(rows) + ") INSERT INTO " + table + " SELECT n FROM i;";
  }
  run_sqlite(project / "shop.db", script);
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << all_of(ending);
  // The journal tells the order in which the chunks came.
  run_sqlite(
      project / (".sluice/runs/" + project.run() + "/journal.db"),
      "CREATE TEMP TABLE proof (chunks CHECK (chunks = 'b_largest:0 b_largest:1 b_largest:2 c_middle:0 c_middle:1 a_small:0'));"
      "INSERT INTO proof SELECT group_concat(task, ' ') FROM (SELECT task FROM events WHERE kind = 'task_done' AND node = 'copy.rows' "
      "ORDER BY seq)");
}

TEST(Survivors, ManyNullsInAKeyArriveUnderAUniqueKey) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase target;
  const Project project;
  run_sqlite(project / "a.db", "CREATE TABLE t (code TEXT PRIMARY KEY, v INTEGER); INSERT INTO t VALUES (NULL, 1), (NULL, 2), ('a', 3)");
  const Ending ending = project.sluice({"copy", "sqlite:a.db", target.url()});
  ASSERT_EQ(ending.code, 0) << all_of(ending);
  PgSession session(target.url());
  EXPECT_EQ(session.scalar("SELECT string_agg(coalesce(code, '~') || v, ',' ORDER BY v) FROM t"), "~1,~2,a3");
  EXPECT_EQ(
      session.scalar("SELECT string_agg(contype::text, '') FROM pg_constraint WHERE conrelid = 't'::regclass AND contype IN ('p', 'u')"),
      "u");
}

TEST(Survivors, ACounterGoesOnBehindItsMarkAndNotBehindTheRows) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase target;
  const Project project;
  run_sqlite(
      project / "a.db",
      "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT); INSERT INTO t VALUES (-5, 'negative'), (3, 'c'), (900, 'gone');"
      "DELETE FROM t WHERE id = 900");
  ASSERT_EQ(project.sluice({"copy", "sqlite:a.db", target.url()}).code, 0);
  PgSession session(target.url());
  EXPECT_EQ(session.scalar("INSERT INTO t (v) VALUES ('new') RETURNING id"), "901");
}

TEST(Survivors, ARowWithNumberZeroKeepsItWhereZeroMeansTheNextNumber) {
  SLUICE_REQUIRE_MYSQL();
  const MySqlDatabase target;
  const Project project;
  run_sqlite(project / "a.db",
             "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT); INSERT INTO t VALUES (0, 'zero'), (1, 'one')");
  const Ending ending = project.sluice({"copy", "sqlite:a.db", target.url()});
  ASSERT_EQ(ending.code, 0) << all_of(ending);
  MySqlSession session(target.url());
  EXPECT_THAT(session.rows("SELECT id, v FROM t ORDER BY id"), ElementsAre(ElementsAre("0", "zero"), ElementsAre("1", "one")));
}

TEST(Survivors, ReservedWordsHyphensAndQuotesAreOnlyNames) {
  SLUICE_REQUIRE_MYSQL();
  SLUICE_REQUIRE_POSTGRES();
  const MySqlDatabase source;
  const TestDatabase target;
  MySqlSession(source.url())
      .execute(
          "CREATE TABLE `order-line` (`select` int PRIMARY KEY, `a b` int, `it's` int, `\"` int); INSERT INTO `order-line` VALUES (1, 2, "
          "3, 4)");
  const Project project;
  const Ending ending = project.sluice({"copy", source.url(), target.url()});
  ASSERT_EQ(ending.code, 0) << all_of(ending);
  EXPECT_EQ(PgSession(target.url()).scalar(R"(SELECT "select" || ',' || "a b" || ',' || "it's" || ',' || """" FROM "order-line")"),
            "1,2,3,4");
}

TEST(Survivors, NamesThatCollideOnceCutAreRefusedBeforeAnythingIsMade) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase target;
  const Project project;
  const std::string stem(63, 'n');
  run_sqlite(project / "a.db", "CREATE TABLE " + stem + "a (id INTEGER PRIMARY KEY); CREATE TABLE " + stem + "b (id INTEGER PRIMARY KEY)");
  const Ending ending = project.sluice({"copy", "sqlite:a.db", target.url()});
  EXPECT_NE(ending.code, 0);
  EXPECT_THAT(all_of(ending), HasSubstr(stem + "a"));
  EXPECT_THAT(all_of(ending), HasSubstr("63"));
  EXPECT_EQ(PgSession(target.url()).number("SELECT count(*) FROM pg_class WHERE relname LIKE 'nnn%'"), 0);
}

TEST(Survivors, StoresOfOneKindKeepTheirOwnTypesDefaultsChecksAndPartialIndexes) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase source, target;
  PgSession(source.url())
      .execute(
          "CREATE TABLE t (id int PRIMARY KEY, doc json, short timestamp(3), n numeric(5,-2), made timestamptz DEFAULT now() + interval '1 "
          "day',"
          " v int CHECK (v % 2 = 0)); CREATE INDEX big ON t (v) WHERE v > 10 AND v IS DISTINCT FROM 12;"
          "INSERT INTO t VALUES (1, '{\"a\":1,  \"a\":2}', '2026-01-31 13:05:09.125', 12300, '2026-01-31 13:05:09+00', 4)");
  const Project project;
  const Ending ending = project.sluice({"copy", source.url(), target.url()});
  ASSERT_EQ(ending.code, 0) << all_of(ending);
  PgSession session(target.url());
  EXPECT_EQ(session.scalar("SELECT doc FROM t"), "{\"a\":1,  \"a\":2}");
  EXPECT_EQ(session.scalar(
                "SELECT string_agg(format_type(atttypid, atttypmod), ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 't'::regclass"
                " AND attname IN ('doc', 'short')"),
            "json,timestamp(3) without time zone");
  EXPECT_THAT(session.scalar("SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 't'::regclass"), HasSubstr("1 day"));
  EXPECT_EQ(session.number("SELECT count(*) FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'c'"), 1);
  EXPECT_EQ(session.number("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass AND indpred IS NOT NULL"), 1);
}

}  // namespace
}  // namespace sluice::test
