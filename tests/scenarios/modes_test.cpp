#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "scenarios/new_target.hpp"

/// Tables that hold rows already.
namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

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

/// Triggers of MySQL can't leave a row out.
class SwallowingModes : public Modes {};

TEST_P(SwallowingModes, RowsThatATriggerSwallowsAreNotCalledThere) {
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

INSTANTIATE_TEST_SUITE_P(Into, SwallowingModes, testing::Values(Kind::postgres, Kind::sqlite), name_of);
INSTANTIATE_TEST_SUITE_P(Into, Modes, testing::Values(Kind::postgres, Kind::mysql, Kind::sqlite), name_of);

/// Events whose tags repeat; the tags alone become a table, each once.
class RepeatedKeys : public testing::TestWithParam<Kind> {
 protected:
  void expect(const std::string& mode, const std::string& label) {
    if (is_missing(GetParam())) GTEST_SKIP() << "no such server is installed";
    const NewTarget target(GetParam());
    const Project project(target.url(), R"lua(
      local m = map { from = "old", to = "new", tables = { "events_tags" }, rename = { events_tags = "tags" }, tables_exist = true,
                      omit = { "events_tags.events_id", "events_tags.ordinal" }, types = { ["*.id"] = "int64", ["*.label"] = "varchar(20)" } }
      return workflow "tags" {
        stores = { old = store "json" { path = "events.json", split = "tags" }, new = )lua" + target.store() + R"lua( },
        phase "copy" { step "rows" { copy.tables { map = m, mode = ")lua" + mode + R"lua(", workers = 1 } } },
      })lua");
    write_text(project / "events.json", R"([{"id": 1, "tags": [{"id": 10, "label": "a"}, {"id": 11, "label": "b"}]},
                                            {"id": 2, "tags": [{"id": 10, "label": "c"}]}, {"id": 3, "tags": [{"id": 10, "label": "d"}]}])");
    target.execute(project, "create table tags (id bigint primary key, label varchar(20))");
    const Ending ending = project.sluice({"run", "shop.lua"});
    ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
    run_sqlite(project / "expected.db", "create table tags (id, label); insert into tags values (10, '" + label + "'), (11, 'b')");
    EXPECT_TRUE(has_same_rows(project / "expected.db", target.place(project), {"select id, label from tags order by id"}));
  }
};

TEST_P(RepeatedKeys, OfAnUpsertTheLastRowStays) { expect("upsert", "d"); }
TEST_P(RepeatedKeys, OfAnInsertMissingTheFirst) { expect("insert_missing", "a"); }

INSTANTIATE_TEST_SUITE_P(Into, RepeatedKeys, testing::Values(Kind::postgres, Kind::mysql, Kind::sqlite), name_of);

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
