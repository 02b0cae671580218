#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "scenarios/project.hpp"
#include "support/environment.hpp"
#include "support/mysql_server.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

/// Rows that can't be written are kept aside with their reason, and all others are written; and tables that hold rows already.
namespace sluice::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

enum class Kind { postgres, mysql, sqlite, csv, json };

/// A target of a kind, new and empty.
class NewTarget {
 public:
  explicit NewTarget(Kind kind) : kind_(kind) {
    if (kind == Kind::postgres) postgres_ = std::make_unique<TestDatabase>();
    if (kind == Kind::mysql) mysql_ = std::make_unique<MySqlDatabase>();
  }
  /// For SHOP_URL; "" for files of the project.
  std::string url() const { return postgres_ ? postgres_->url() : mysql_ ? mysql_->url() : ""; }
  /// As Lua.
  std::string store() const {
    switch (kind_) {
      case Kind::postgres: return R"lua(store "postgres" { url = secret "SHOP_URL", schema = "shop" })lua";
      case Kind::mysql: return R"lua(store "mysql" { url = secret "SHOP_URL" })lua";
      case Kind::sqlite: return R"lua(store "sqlite" { path = "target.db" })lua";
      case Kind::csv: return R"lua(store "csv" { path = "out" })lua";
      default: return R"lua(store "json" { path = "out" })lua";
    }
  }
  void execute(const Project& project, const std::string& sql) const {
    if (postgres_) return PgSession(postgres_->url()).execute("create schema if not exists shop; set search_path to shop; " + sql);
    if (mysql_) return MySqlSession(mysql_->url()).execute(sql);
    run_sqlite(project / "target.db", sql);
  }
  /// What has_same_rows takes.
  std::string place(const Project& project) const { return url().empty() ? project / "target.db" : url(); }

 private:
  Kind kind_;
  std::unique_ptr<TestDatabase> postgres_;
  std::unique_ptr<MySqlDatabase> mysql_;
};

std::string name_of(const testing::TestParamInfo<Kind>& info) {
  switch (info.param) {
    case Kind::postgres: return "Postgres";
    case Kind::mysql: return "MySql";
    case Kind::sqlite: return "Sqlite";
    case Kind::csv: return "Csv";
    default: return "Json";
  }
}

bool is_missing(Kind kind) {
  return (kind == Kind::postgres && shared_server_url().empty()) || (kind == Kind::mysql && shared_mysql_url().empty());
}

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

/// `on_insert`: what a trigger of the kind does with a row, in its own words.
std::string trigger(Kind kind, const std::string& when, const std::string& on_insert) {
  if (kind == Kind::postgres) {
    return "create function guard_item() returns trigger language plpgsql as $$ begin if " + when + " then " + on_insert +
           "; end if; return new; end $$; create trigger guard before insert on item for each row execute function guard_item();";
  }
  if (kind == Kind::mysql) return "create trigger guard before insert on item for each row if " + when + " then " + on_insert + "; end if";
  return "create trigger guard before insert on item when " + when + " begin select " + on_insert + "; end;";
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

/// Into a table with rows: ids 1 to 1,000 are there with other values, the source has 501 to 1,500.
class Modes : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (is_missing(GetParam())) GTEST_SKIP() << "no such server is installed";
    target_ = std::make_unique<NewTarget>(GetParam());
    project_ = std::make_unique<Project>(target_->url(), R"lua(
      local p = params { mode = param.text "empty" }
      local m = map { from = "old", to = "new", types = { ["item.s"] = "varchar(100)" } }
      return workflow "again" {
        stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = )lua" + target_->store() + R"lua( },
        phase "copy" { step "rows" { copy.tables { map = m, mode = p.mode, chunk_rows = 300 } } },
      })lua");
    const std::string table = "create table item (id integer primary key, s varchar(100));";
    target_->execute(*project_, table);
    std::string insert = "insert into item values ";
    for (int id = 1; id <= 1000; ++id) insert += (id > 1 ? ", (" : "(") + std::to_string(id) + ", 'old')";
    target_->execute(*project_, insert);
    run_sqlite((*project_) / "shop.db", table + rows("new", "x between 501 and 1500"));
  }

  static std::string rows(const std::string& text, const std::string& which) {
    return "with recursive i(x) as (select 1 union all select x + 1 from i where x < 1500) insert into item select x, '" + text +
           "' from i where " + which + ";";
  }

  /// Runs it twice: the second time changes nothing more.
  void expect(const std::string& mode, const std::string& expected) {
    run_sqlite((*project_) / "expected.db", "create table item (id integer primary key, s varchar(100));" + expected);
    for (int run = 0; run < 2; ++run) {
      const Ending ending = project_->sluice({"run", "shop.lua", "-p", "mode=" + mode});
      ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
      EXPECT_TRUE(has_same_rows((*project_) / "expected.db", target_->place(*project_), {"select id, s from item order by id"})) << mode;
    }
  }

  std::unique_ptr<NewTarget> target_;
  std::unique_ptr<Project> project_;
};

TEST_P(Modes, UpsertReplacesTheRowsThatAreThere) { expect("upsert", rows("old", "x <= 500") + rows("new", "x > 500")); }
TEST_P(Modes, InsertMissingLeavesThem) { expect("insert_missing", rows("old", "x <= 1000") + rows("new", "x > 1000")); }
TEST_P(Modes, ReplaceDeletesThemFirst) { expect("replace", rows("new", "x > 500")); }

TEST_P(Modes, WithoutOneATableWithRowsIsRefused) {
  const Ending ending = project_->sluice({"run", "shop.lua"});
  EXPECT_NE(ending.code, 0);
  EXPECT_THAT(ending.err, AllOf(HasSubstr("is not empty: it has item (1,000 rows)"), HasSubstr("mode = ")));
}

TEST_P(Modes, AppendFailsOnAKeyThatIsThereAndWritesNothingOfItsChunk) {
  const Ending ending = project_->sluice({"run", "shop.lua", "-p", "mode=append"});
  EXPECT_EQ(ending.code, 1) << ending.out;
  run_sqlite((*project_) / "expected.db", "create table item (id integer primary key, s varchar(100));" + rows("old", "x <= 1000"));
  EXPECT_TRUE(has_same_rows((*project_) / "expected.db", target_->place(*project_), {"select id, s from item where id <= 1000 order by id"}));
}

TEST_P(Modes, RowsThatATriggerSwallowsAreNotCalledThere) {
  if (GetParam() == Kind::mysql) GTEST_SKIP() << "its triggers can't leave a row out";
  const std::string swallow = GetParam() == Kind::postgres ? "return null" : "raise(ignore)";
  target_->execute(*project_, trigger(GetParam(), "new.id = 1200", swallow));
  const Ending ending = project_->sluice({"run", "shop.lua", "-p", "mode=upsert"});
  EXPECT_EQ(ending.code, 1) << ending.out;
  EXPECT_THAT(ending.out, HasSubstr("rows were sent and the store says it wrote"));
}

TEST_P(Modes, ReplaceRefusesTablesThatOthersReferTo) {
  target_->execute(*project_, "create table line (id integer primary key, item integer references item (id), foreign key (item) references item (id))");
  const Ending ending = project_->sluice({"plan", "shop.lua", "-p", "mode=replace"});
  EXPECT_NE(ending.code, 0);
  EXPECT_THAT(ending.err, HasSubstr("line of \"new\" refers to item, whose rows would be deleted"));
}

TEST_P(Modes, ARollbackThatCannotUndoThemIsRefusedBeforeAnythingIsDone) {
  project_->set_workflow(R"lua(
    local m = map { from = "old", to = "new", types = { ["item.s"] = "varchar(100)" } }
    return workflow "again" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = )lua" + target_->store() + R"lua( },
      phase "copy" { step "rows" { copy.tables { map = m, mode = "upsert" } } },
      phase "proof" { step "same" { verify.counts { map = m } }, gate "all" "same.discrepancy == 0", on_fail = rollback_to "copy" },
    })lua");
  const Ending ending = project_->sluice({"plan", "shop.lua"});
  EXPECT_NE(ending.code, 0);
  EXPECT_THAT(ending.err, AllOf(HasSubstr("copy.rows: mode = \"upsert\" has no undo"), HasSubstr("rolls back to \"copy\"")));
}

INSTANTIATE_TEST_SUITE_P(Into, Modes, testing::Values(Kind::postgres, Kind::mysql, Kind::sqlite), name_of);

TEST(ModesOfFiles, CannotLookForRows) {
  const Project project({}, R"lua(
    local m = map { from = "old", to = "new" }
    return workflow "again" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = store "csv" { path = "out" } },
      phase "copy" { step "tables" { schema.create { map = m } }, step "rows" { copy.tables { map = m, mode = "upsert" } } },
    })lua");
  make_small_shop(project / "shop.db");
  const Ending ending = project.sluice({"plan", "shop.lua"});
  EXPECT_NE(ending.code, 0);
  EXPECT_THAT(ending.err, HasSubstr("copy.rows: the store \"new\" can't look whether a row is there"));
}

}  // namespace
}  // namespace sluice::test
