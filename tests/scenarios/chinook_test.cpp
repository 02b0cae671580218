#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "scenarios/project.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kChinook = "chinook/chinook.sqlite";

std::string chinook() { return "sqlite:" + shared_data_directory() + "/" + kChinook; }

json parsed(const Ending& ending) {
  const json value = json::parse(ending.out, nullptr, false);
  EXPECT_FALSE(value.is_discarded()) << ending.out << ending.err;
  return value;
}

/// Rows of a SQLite file's table by the engine's own diff against it: nothing differs.
void expect_match(const Project& project, const std::string& a, const std::string& b) {
  const Ending ending = project.sluice({"diff", a, b, "--json"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  const json result = parsed(ending);
  EXPECT_EQ(result.at("verdict"), "MATCH") << result.dump(1);
  EXPECT_EQ(result.at("tables").size(), 11U);
}

TEST(Chinook, ReachesPostgresWholeAndComesBack) {
  SLUICE_REQUIRE_POSTGRES();
  SLUICE_REQUIRE_DATA(kChinook);
  const TestDatabase database;
  const Project project(database.url());
  const Ending copied = project.sluice({"copy", chinook(), database.url(), "--json"});
  ASSERT_EQ(copied.code, 0) << copied.out << copied.err;
  EXPECT_EQ(parsed(copied).at("verdict"), "MATCH");
  expect_match(project, chinook(), database.url());

  PgSession session(database.url());
  EXPECT_EQ(session.number("select count(*) from pg_tables where schemaname = 'public'"), 11);
  EXPECT_EQ(session.number("select count(*) from pg_constraint c join pg_class t on t.oid = c.conrelid "
                           "where contype = 'p' and t.relnamespace = 'public'::regnamespace"),
            11);
  EXPECT_EQ(session.number("select count(*) from pg_constraint where contype = 'f' and convalidated"), 11);
  EXPECT_EQ(session.number("select count(*) from pg_namespace where nspname = 'sluice'"), 0) << "the ledger stayed";

  const Ending back = project.sluice({"copy", database.url(), "sqlite:" + project / "back.db", "--json"});
  ASSERT_EQ(back.code, 0) << back.out << back.err;
  EXPECT_EQ(parsed(back).at("verdict"), "MATCH");
  expect_match(project, database.url(), "sqlite:" + project / "back.db");
  expect_match(project, chinook(), "sqlite:" + project / "back.db");
}

TEST(Chinook, IdentityGoesOnAfterTheHighestId) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  Project project(database.url());
  run_sqlite(project / "shop.db",
             "create table item (id integer primary key autoincrement, name text);"
             "insert into item values (1, 'a'), (70, 'b'); insert into item values (90, 'c'); delete from item where id = 90;");
  const Ending ending = project.sluice({"copy", "sqlite:shop.db", database.url()});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  PgSession session(database.url());
  EXPECT_GT(session.number("insert into item (name) values ('new') returning id"), 70);
}

TEST(Chinook, TakesAPartUnderOtherNames) {
  SLUICE_REQUIRE_POSTGRES();
  SLUICE_REQUIRE_DATA(kChinook);
  const TestDatabase database;
  Project project(database.url(), R"lua(
    local cheap = "TrackId IN (SELECT TrackId FROM Track WHERE UnitPrice < 1)"
    local m = map { from = "old", to = "new", names = "snake_case",
      rename = { Track = "songs", ["Track.UnitPrice"] = "price" },
      where = { Track = "UnitPrice < 1", InvoiceLine = cheap, PlaylistTrack = cheap },
      omit = { "*.Composer" },
    }
    return workflow "part" {
      stores = { old = store "sqlite" { path = ")lua" + shared_data_directory() + "/" + kChinook + R"lua(", access = "read" },
                 new = store "postgres" { url = secret "SHOP_URL" } },
      phase "copy" {
        step "tables" { schema.create { map = m } }, step "rows" { copy.tables { map = m, chunk_rows = 500 } },
        step "keys" { schema.finish { map = m } },
        step "counts" { verify.counts { map = m } }, gate "all" "counts.discrepancy == 0",
        step "content" { verify.content { map = m } }, gate "same" "content.discrepancy == 0",
      },
    })lua");
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  PgSession session(database.url());
  EXPECT_EQ(session.number("select count(*) from songs where price < 1"), 3290);
  EXPECT_EQ(session.number("select count(*) from songs"), 3290);
  EXPECT_EQ(session.number("select count(*) from information_schema.columns where column_name = 'composer'"), 0);
  EXPECT_EQ(session.number("select count(*) from invoice_line join songs using (track_id)"), session.number("select count(*) from invoice_line"));
}

TEST(Copy, StaysBelowTheRateThatAStepAllows) {
  Project project("", R"(
    local m = map { from = "old", to = "new" }
    return workflow "slow" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = store "sqlite" { path = "new.db" } },
      phase "copy" {
        step "tables" { schema.create { map = m } },
        step "rows" { copy.tables { map = m, workers = 2, chunk_rows = 100, max_rate = 500 } },
        step "content" { verify.content { map = m } }, gate "same" "content.discrepancy == 0",
      },
    })");
  make_small_shop(project / "shop.db");
  const auto begun = std::chrono::steady_clock::now();
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  // 800 rows at 500 a second.
  EXPECT_GT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(1500));
  EXPECT_TRUE(has_same_rows(project / "shop.db", project / "new.db", small_shop_rows()));
}

TEST(Copy, StaysBelowTheBandwidthThatAStepAllows) {
  const Project project("", R"(
    local m = map { from = "old", to = "new" }
    return workflow "slow" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = store "sqlite" { path = "new.db" } },
      phase "copy" { step "tables" { schema.create { map = m } }, step "rows" { copy.tables { map = m, chunk_rows = 250, max_bandwidth = "400KB" } } },
    })");
  run_sqlite(project / "shop.db",
             "create table item (id integer primary key, s text); with recursive i(x) as (select 1 union all select x + 1 from i where x < 1000) "
             "insert into item select x, printf('%01000d', x) from i;");
  const auto begun = std::chrono::steady_clock::now();
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  // A megabyte at 400 kB a second.
  EXPECT_GT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(2300));
  EXPECT_TRUE(has_same_rows(project / "shop.db", project / "new.db", {"select id, s from item order by id"}));
}

TEST(Diff, NamesTheRowsThatDiffer) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  Project project(database.url());
  make_small_shop(project / "shop.db");
  ASSERT_EQ(project.sluice({"copy", "sqlite:shop.db", database.url()}).code, 0);
  PgSession(database.url()).execute("delete from item where id = 42; update item set name = 'wrong' where id = 7");
  const Ending ending = project.sluice({"diff", "sqlite:shop.db", database.url()});
  EXPECT_EQ(ending.code, 1) << ending.out << ending.err;
  EXPECT_THAT(ending.out, HasSubstr("MISMATCH"));
  EXPECT_THAT(ending.out, HasSubstr("42"));
  EXPECT_THAT(ending.out, HasSubstr("wrong"));
}

}  // namespace
}  // namespace sluice::test
