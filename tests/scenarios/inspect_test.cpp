#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scenarios/project.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

TEST(Inspect, TellsWhatAStoreHoldsAndWhatTypesWouldTripOver) {
  const Project project;
  run_sqlite(project / "shop.db",
             "create table item (id integer primary key, price numeric(10,2), made text);"
             "insert into item values (1, 1.25, '2026-01-31'), (2, 'lots of it', '2026-02-01');"
             "create table log (line text); create index by_line on log (line); create view v as select 1");
  const Ending whole = project.sluice({"inspect", "shop.db"});
  EXPECT_EQ(whole.code, 0) << whole.err;
  EXPECT_THAT(whole.out, AllOf(HasSubstr("item  about 2 rows"), HasSubstr("id  INTEGER -> int64 not null"), HasSubstr("1 real, at most 2 decimals, 1 text"),
                               HasSubstr("! declared numeric(10,2), but"), HasSubstr("log  about 0 rows"), HasSubstr("no primary key, 1 index"),
                               HasSubstr("2 tables"), HasSubstr("note: view v is not copied")));
  const Ending part = project.sluice({"inspect", "shop.db", "-t", "item", "--json"});
  EXPECT_EQ(part.code, 0) << part.err;
  const json found = json::parse(part.out);
  ASSERT_EQ(found.at("tables").size(), 1U);
  EXPECT_EQ(found["tables"][0]["primary_key"], json({"id"}));
  EXPECT_EQ(found["tables"][0]["columns"][1]["type"], "text");
  EXPECT_THAT(found["tables"][0]["columns"][1]["warning"], HasSubstr("declared"));
}

TEST(Inspect, RefusesWhatIsNotThere) {
  const Project project;
  run_sqlite(project / "shop.db", "create table item (id integer primary key)");
  const Ending table = project.sluice({"inspect", "shop.db", "-t", "itm"});
  EXPECT_EQ(table.code, 2) << table.out;
  EXPECT_THAT(table.err, AllOf(HasSubstr("'itm' matches no table"), HasSubstr("item")));
  const Ending file = project.sluice({"inspect", "nope.db"});
  EXPECT_EQ(file.code, 2) << file.out;
  EXPECT_THAT(file.err, HasSubstr("nope.db"));
}

}  // namespace
}  // namespace sluice::test
