#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "scenarios/new_target.hpp"
#include "scenarios/project.hpp"
#include "support/environment.hpp"

/// Rows that can't be written are kept aside with their reason, and all others are written.
namespace sluice::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

/// The rejects of a file, a JSON object a line.
std::vector<json> read_lines(const std::string& path) {
  std::vector<json> lines;
  std::istringstream text(read_text(path));
  for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
  return lines;
}

constexpr int kRows = 20000;

/// 20,000 rows of `item`; a text that is no number at 7,777, bytes that are no UTF-8 at 12,000.
void make_dirty(const std::string& path) {
  run_sqlite(path,
             "create table item (id integer primary key, n integer, s text);"
             "with recursive i(x) as (select 1 union all select x + 1 from i where x < 20000) "
             "insert into item select x, x * 2, 'row ' || x from i;"
             "update item set n = 'lots' where id = 7777;"
             "update item set s = cast(x'6162ff' as text) where id = 12000;");
}

std::string workflow_of(const std::string& store, const std::string& rejects) {
  return R"lua(
    local m = map { from = "old", to = "new", types = { ["item.n"] = "int64", ["item.s"] = "text" } }
    return workflow "dirty" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = )lua" +
         store + R"lua( },
      phase "copy" {
        step "tables" { schema.create { map = m } },
        step "rows" { copy.tables { map = m, workers = 2, chunk_rows = 4000)lua" +
         rejects + R"lua( } },
        step "keys" { schema.finish { map = m } },
        step "content" { verify.content { map = m } },
        step "counts" { verify.counts { map = m } },
        gate "few" "rows.rejects <= 2 and rows.reject_rate < 0.1%",
        gate "same" "content.discrepancy == 0 and counts.discrepancy == 0",
      },
    })lua";
}

class Rejects : public testing::TestWithParam<Kind> {};

TEST_P(Rejects, AreKeptWholeWhileAllOtherRowsAreWritten) {
  if (is_missing(GetParam())) GTEST_SKIP() << "no such server is installed";
  const NewTarget target(GetParam());
  const Project project(target.url(), workflow_of(target.store(), ", rejects = { limit = 2, file = \"left.ndjson\" }"));
  make_dirty(project / "shop.db");
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_THAT(ending.out, HasSubstr("2 rows rejected: left.ndjson"));
  const json rows = find_node(project.report(), "copy.rows").at("metrics");
  EXPECT_EQ(rows.at("rows").at("tables").at("item"), kRows - 2) << rows.dump();
  EXPECT_EQ(rows.at("rejects").at("tables").at("item"), 2);

  std::vector<json> lines = read_lines(project / "left.ndjson");
  ASSERT_EQ(lines.size(), 2u);
  if (lines[0].at("side") == "source") std::swap(lines[0], lines[1]);
  EXPECT_EQ(lines[0].at("key"), "id=7777");
  EXPECT_EQ(lines[0].at("row"), json::parse(R"({"id": "7777", "n": "lots", "s": "row 7777"})"));
  EXPECT_THAT(lines[0].at("reason"), AllOf(HasSubstr("item (id=7777), column n"), HasSubstr("'lots'")));
  EXPECT_THAT(lines[1].at("key"), HasSubstr("12000"));
  EXPECT_EQ(lines[1].at("row"), json::parse(R"({"id": "12000", "n": "24000", "s": "\\x6162ff"})"));
  EXPECT_EQ(std::filesystem::status(project / "left.ndjson").permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_P(Rejects, AboveTheLimitStopTheStepAndNameTheNext) {
  if (is_missing(GetParam())) GTEST_SKIP() << "no such server is installed";
  const NewTarget target(GetParam());
  const Project project(target.url(), workflow_of(target.store(), ", rejects = { limit = 1 }"));
  make_dirty(project / "shop.db");
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 1) << ending.out << ending.err;
  EXPECT_THAT(ending.out, HasSubstr("more than 1 rows would be rejected; the next: "));
}

INSTANTIATE_TEST_SUITE_P(Into, Rejects, testing::Values(Kind::postgres, Kind::mysql, Kind::sqlite, Kind::csv, Kind::json), name_of);

TEST(RejectsWithout, AValueThatContradictsTheMapStopsThePlanAndSaysWhatToDo) {
  const NewTarget target(Kind::sqlite);
  const Project project(target.url(), workflow_of(target.store(), ""));
  make_dirty(project / "shop.db");
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 1) << ending.out << ending.err;
  EXPECT_THAT(ending.err, AllOf(HasSubstr("item.n: the map says int64"), HasSubstr("rejects = ")));
}

TEST(RejectsFile, ThatIsSomebodyElsesIsNotOverwritten) {
  const NewTarget target(Kind::sqlite);
  const Project project(target.url(), workflow_of(target.store(), ", rejects = { file = \"shop.lua\" }"));
  make_dirty(project / "shop.db");
  const std::string before = read_text(project / "shop.lua");
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 1) << ending.out;
  EXPECT_THAT(ending.out, HasSubstr("rejects: shop.lua: is there already, and is never overwritten"));
  EXPECT_EQ(read_text(project / "shop.lua"), before);
}

TEST(RejectsOfFunctions, LeaveOutTheRowThatAFunctionFailsOn) {
  const NewTarget target(Kind::sqlite);
  const Project project({}, R"lua(
    local m = map { from = "old", to = "new", item = { columns = { n = function(v) return v / (v ~= 200 and 1 or nil) end } } }
    return workflow "made" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = store "sqlite" { path = "target.db" } },
      phase "copy" {
        step "tables" { schema.create { map = m } },
        step "rows" { copy.tables { map = m, rejects = { file = "left.ndjson" } } },
        step "again" { verify.content { map = m, source = "reread" } },
        step "counts" { verify.counts { map = m } },
        gate "same" "again.discrepancy == 0 and counts.discrepancy == 0",
      },
    })lua");
  run_sqlite(project / "shop.db", "create table item (id integer primary key, n integer not null);"
                                  "with recursive i(x) as (select 1 union all select x + 1 from i where x < 3000) "
                                  "insert into item select x, x from i;");
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  const std::vector<json> lines = read_lines(project / "left.ndjson");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("key"), "id=200");
  EXPECT_THAT(lines[0].at("reason"), AllOf(HasSubstr("column n"), HasSubstr("shop.lua:2")));
}

TEST(Try, ShowsWhatASampleBecomesAndWritesNothing) {
  const NewTarget target(Kind::sqlite);
  const Project project(target.url(), workflow_of(target.store(), ", rejects = { limit = 2 }"));
  make_dirty(project / "shop.db");
  const Ending all = project.sluice({"try", "shop.lua", "--sample", "100%"});
  EXPECT_EQ(all.code, 1) << all.err;
  EXPECT_THAT(all.out, AllOf(HasSubstr("20,000 rows of about 20,000 read, 19,998 made, 2 REJECTED"), HasSubstr("item (id=7777), column n"),
                             HasSubstr(R"(makes {"id":"1","n":"2","s":"row 1"})")));
  const Ending some = project.sluice({"try", "shop.lua", "--sample", "10%", "--table", "item", "--json"});
  EXPECT_EQ(some.code, 0) << some.err;
  const json table = json::parse(some.out).at("tables").at(0);
  EXPECT_NEAR(table.at("read").get<int>(), 2000, 100) << table.dump();
  EXPECT_EQ(table.at("made"), table.at("read"));
  EXPECT_FALSE(std::filesystem::exists(project / "target.db"));
  EXPECT_FALSE(std::filesystem::exists(project / ".sluice"));
  const Ending wrong = project.sluice({"try", "shop.lua", "--sample", "lots"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--sample: expected a percentage above 0 such as 1%, found 'lots'"));
  EXPECT_EQ(project.sluice({"try", "shop.lua", "--table", "items"}).code, 2);
}

/// Into a table that is there, whose unique name two of the source's rows violate.
class RefusedByTheTarget : public testing::TestWithParam<Kind> {};

TEST_P(RefusedByTheTarget, AreFoundInTheirBatchAndKept) {
  if (is_missing(GetParam())) GTEST_SKIP() << "no such server is installed";
  const NewTarget target(GetParam());
  const Project project(target.url(), R"lua(
    local m = map { from = "old", to = "new", types = { ["item.s"] = "varchar(100)" } }
    return workflow "refused" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = )lua" + target.store() + R"lua( },
      phase "copy" {
        step "rows" { copy.tables { map = m, mode = "append", rejects = { file = "left.ndjson" } } },
        step "counts" { verify.counts { map = m } },
      },
    })lua");
  target.execute(project, "create table item (id integer primary key, s varchar(100) not null, unique (s));"
                          "insert into item values (100000, 'row 77'), (100001, 'row 1500');");
  run_sqlite(project / "shop.db", "create table item (id integer primary key, s text not null);"
                                  "with recursive i(x) as (select 1 union all select x + 1 from i where x < 3000) "
                                  "insert into item select x, 'row ' || x from i;");
  run_sqlite(project / "expected.db", "create table item (id integer primary key, s text not null);"
                                      "with recursive i(x) as (select 1 union all select x + 1 from i where x < 3000) "
                                      "insert into item select x, 'row ' || x from i where x not in (77, 1500);"
                                      "insert into item values (100000, 'row 77'), (100001, 'row 1500');");
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(has_same_rows(project / "expected.db", target.place(project), {"select id, s from item order by id"}));
  const std::vector<json> lines = read_lines(project / "left.ndjson");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].at("side"), "target");
  EXPECT_EQ(lines[0].at("row"), json::parse(R"({"id": "77", "s": "row 77"})"));
  EXPECT_EQ(lines[1].at("key"), "id=1500");
}

TEST_P(RefusedByTheTarget, ByATriggerIsAReject) {
  if (is_missing(GetParam())) GTEST_SKIP() << "no such server is installed";
  const NewTarget target(GetParam());
  const Project project(target.url(), R"lua(
    local m = map { from = "old", to = "new" }
    return workflow "guarded" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = )lua" + target.store() + R"lua( },
      phase "copy" { step "rows" { copy.tables { map = m, mode = "append", rejects = { file = "left.ndjson" } } } },
    })lua");
  const std::string raise = GetParam() == Kind::postgres ? "raise exception 'not this one'"
                            : GetParam() == Kind::mysql  ? "signal sqlstate '45000' set message_text = 'not this one'"
                                                         : "raise(abort, 'not this one')";
  target.execute(project, "create table item (id integer primary key)");
  target.execute(project, trigger(GetParam(), "new.id = 50", raise));
  run_sqlite(project / "shop.db", "create table item (id integer primary key);"
                                  "with recursive i(x) as (select 1 union all select x + 1 from i where x < 100) insert into item select x from i;");
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  const std::vector<json> lines = read_lines(project / "left.ndjson");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("key"), "id=50");
  EXPECT_THAT(lines[0].at("reason"), HasSubstr("not this one"));
}

INSTANTIATE_TEST_SUITE_P(Into, RefusedByTheTarget, testing::Values(Kind::postgres, Kind::mysql, Kind::sqlite), name_of);

}  // namespace
}  // namespace sluice::test
