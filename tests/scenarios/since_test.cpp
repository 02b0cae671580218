#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "scenarios/new_target.hpp"

/// Copies that are repeated and take what is new since the last one.
namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// `old` and `new`: stores as Lua. Params: mode, since.
std::string repeated_copy(const std::string& old_store, const std::string& new_store) {
  return R"lua(
    local p = params { mode = param.text "upsert", since = param.text "changed" }
    local m = map { from = "old", to = "new", types = { ["item.s"] = "varchar(100)" } }
    return workflow "again" {
      stores = { old = )lua" + old_store + R"lua(, new = )lua" + new_store + R"lua( },
      phase "copy" { step "rows" { copy.tables { map = m, mode = p.mode, since = { item = p.since }, chunk_rows = 100 } } },
    })lua";
}

constexpr const char* kTable = "create table item (id integer primary key, s varchar(100), changed timestamp null)";
constexpr const char* kLooseTable = "create table item (id integer primary key, s varchar(100), changed text)";

/// Rows first to last, the later ones changed earlier; row 7 has no time.
std::string rows(int first, int last, const std::string& day) {
  std::string sql = "insert into item values ";
  for (int id = first; id <= last; ++id) {
    const int second = (last - id) % 60;
    const std::string time = "'" + day + " 10:" + std::to_string(10 + (last - id) / 60) + ":" + (second < 10 ? "0" : "") + std::to_string(second) + "'";
    sql += (id > first ? ", (" : "(") + std::to_string(id) + ", 'old', " + (id == 7 ? "null" : time) + ")";
  }
  return sql;
}

/// A source of the kind, copied into a SQLite file.
class SinceFrom : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (is_missing(GetParam())) GTEST_SKIP() << "no such server is installed";
    source_ = std::make_unique<NewTarget>(GetParam());
    project_ = std::make_unique<Project>("", repeated_copy(old_store(), R"lua(store "sqlite" { path = "copy.db" })lua"));
    project_->options().environment["OLD_URL"] = source_->url();
    source_->execute(*project_, GetParam() == Kind::sqlite ? kLooseTable : kTable);
    source_->execute(*project_, rows(1, 400, "2026-01-31"));
    run_sqlite((*project_) / "copy.db", kLooseTable);
  }

  std::string old_store() const { return source_->store("OLD_URL"); }

  /// Rows that the newest copy wrote.
  int64_t copy(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"run", "shop.lua", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ending ending = project_->sluice(arguments);
    EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
    if (ending.code != 0) return -1;
    const nlohmann::json node = find_node(nlohmann::json::parse(ending.out), "copy.rows");
    return node.at("metrics").at("rows").at("tables").at("item").get<int64_t>();
  }

  bool is_same() const { return has_same_rows((*project_) / "copy.db", source_->place(*project_), {"select id, s from item order by id"}); }

  std::unique_ptr<NewTarget> source_;
  std::unique_ptr<Project> project_;
};

TEST_P(SinceFrom, TheNextCopyTakesWhatIsNewAndWhatHasTheSameTimeAndWhatHasNone) {
  EXPECT_EQ(copy(), 400);
  // The mark's own row, and the one without a time.
  EXPECT_EQ(copy(), 2);
  source_->execute(*project_, "update item set s = 'new', changed = '2026-02-01 00:00:00.5' where id = 300");
  source_->execute(*project_, "insert into item values (1001, 'same time', '2026-01-31 10:16:39'), (1002, 'newer', '2026-02-03 00:00:00')");
  EXPECT_EQ(copy(), 5);
  EXPECT_TRUE(is_same());
  EXPECT_EQ(copy(), 2);
  const Ending plan = project_->sluice({"plan", "shop.lua"});
  EXPECT_THAT(plan.out, AllOf(HasSubstr("item: rows with changed >= '2026-02-03 00:00:00', the mark of run r-"),
                              HasSubstr("item.changed: rows where it is NULL, if any, are copied every time")));
}

TEST_P(SinceFrom, NumbersAreMarksAsWell) {
  EXPECT_EQ(copy({"-p", "since=id", "-p", "mode=append"}), 400);
  source_->execute(*project_, "insert into item values (9007199254740993 - 9007199254740492, 'beyond', null)");
  EXPECT_EQ(copy({"-p", "since=id", "-p", "mode=append"}), 1);
  EXPECT_EQ(copy({"-p", "since=id", "-p", "mode=append"}), 0);
  EXPECT_TRUE(is_same());
}

TEST_P(SinceFrom, TextsAreMarksWhateverIsInThem) {
  source_->execute(*project_, "update item set s = 'zz''\\\\ \"' where id = 100");
  EXPECT_EQ(copy({"-p", "since=s"}), 400);
  EXPECT_EQ(copy({"-p", "since=s"}), 1);
}

INSTANTIATE_TEST_SUITE_P(A, SinceFrom, testing::Values(Kind::postgres, Kind::mysql, Kind::sqlite), name_of);

/// A SQLite file, copied into a target of the kind.
class SinceInto : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (is_missing(GetParam())) GTEST_SKIP() << "no such server is installed";
    target_ = std::make_unique<NewTarget>(GetParam());
    project_ = std::make_unique<Project>(target_->url(), repeated_copy(R"lua(store "sqlite" { path = "shop.db", access = "read" })lua", target_->store()));
    run_sqlite((*project_) / "shop.db", kLooseTable);
    run_sqlite((*project_) / "shop.db", rows(1, 400, "2026-01-31"));
    target_->execute(*project_, kLooseTable);
  }

  Ending copy(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"run", "shop.lua"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return project_->sluice(arguments);
  }

  /// What a trigger does to refuse a row.
  static std::string raise() {
    if (GetParam() == Kind::postgres) return "raise exception 'not this one'";
    return GetParam() == Kind::mysql ? "signal sqlstate '45000' set message_text = 'not this one'" : "raise(abort, 'not this one')";
  }

  bool is_same() const {
    return has_same_rows((*project_) / "shop.db", target_->place(*project_), {"select id, s from item order by id"});
  }

  std::unique_ptr<NewTarget> target_;
  std::unique_ptr<Project> project_;
};

TEST_P(SinceInto, ACopyThatDidNotEndLeavesTheMarkWhereItWas) {
  ASSERT_EQ(copy().code, 0);
  // The last chunk fails, whose times are below those of the first ones.
  run_sqlite((*project_) / "shop.db", rows(501, 1000, "2026-02-02"));
  target_->execute(*project_, trigger(GetParam(), "new.id = 990", raise()));
  const Ending failed = copy();
  ASSERT_EQ(failed.code, 1) << failed.out;
  EXPECT_THAT(failed.out, HasSubstr("not this one"));
  target_->execute(*project_, GetParam() == Kind::postgres ? "drop trigger guard on item" : "drop trigger guard");
  const Ending again = copy({"--new"});
  ASSERT_EQ(again.code, 0) << again.out << again.err;
  EXPECT_TRUE(is_same());
  // The one that failed is replaced: it is the other one that `status` alone means.
  run_sqlite((*project_) / "shop.db", "insert into item values (2000, 'late', '2026-03-01 00:00:00')");
  target_->execute(*project_, "drop table item");
  target_->execute(*project_, kLooseTable);
  target_->execute(*project_, trigger(GetParam(), "new.id = 2000", raise()).replace(0, 0, GetParam() == Kind::postgres ? "drop function guard_item;" : ""));
  ASSERT_EQ(copy().code, 1);
  const std::string newest = project_->sluice({"status"}).out;
  EXPECT_THAT(newest, AllOf(HasSubstr("failed"), HasSubstr("copy.rows")));
  target_->execute(*project_, GetParam() == Kind::postgres ? "drop trigger guard on item" : "drop trigger guard");
  EXPECT_EQ(project_->sluice({"resume"}).code, 0);
  EXPECT_TRUE(is_same());
}

TEST_P(SinceInto, AnotherDatabaseOfTheSameNameIsCopiedWhole) {
  ASSERT_EQ(copy().code, 0);
  run_sqlite((*project_) / "other.db", kLooseTable);
  run_sqlite((*project_) / "other.db", rows(1, 600, "2020-01-01"));
  ASSERT_EQ(std::rename(((*project_) / "other.db").c_str(), ((*project_) / "shop.db").c_str()), 0);
  const Ending ending = copy();
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(is_same());
}

TEST_P(SinceInto, ATableThatWasEmptiedIsFilledAgain) {
  ASSERT_EQ(copy().code, 0);
  target_->execute(*project_, "delete from item");
  const Ending ending = copy();
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(is_same());
}

TEST_P(SinceInto, ARolledBackCopyLeavesNoMark) {
  target_->execute(*project_, "drop table item");
  project_->set_workflow(R"lua(
    local m = map { from = "old", to = "new", types = { ["item.s"] = "varchar(100)", ["item.changed"] = "text" } }
    return workflow "again" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = )lua" + target_->store() + R"lua( },
      phase "prepare" { step "tables" { schema.create { map = m } } },
      phase "copy" { step "keys" { schema.finish { map = m } }, step "rows" { copy.tables { map = m, mode = "upsert", since = { item = "changed" } } },
                     gate "enough" "rows.rows >= 401", on_fail = rollback_to "prepare" },
    })lua");
  const Ending rolled_back = copy();
  ASSERT_EQ(rolled_back.code, 3) << rolled_back.out << rolled_back.err;
  run_sqlite((*project_) / "shop.db", "insert into item values (2000, 'one more', '2030-01-01 00:00:00')");
  const Ending ending = copy({"--new"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(is_same());
}

TEST_P(SinceInto, TextsBesideNumbersAreRefused) {
  run_sqlite((*project_) / "shop.db", "create table n (id integer primary key, v integer); insert into n values (1, 5), (2, 'n/a')");
  target_->execute(*project_, "create table n (id integer primary key, v varchar(20))");
  project_->set_workflow(R"lua(
    local m = map { from = "old", to = "new", tables = { "n" }, types = { ["n.v"] = "varchar(20)" } }
    return workflow "again" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = )lua" + target_->store() + R"lua( },
      phase "copy" { step "rows" { copy.tables { map = m, mode = "upsert", since = { n = "v" } } } },
    })lua");
  const Ending ending = copy();
  EXPECT_EQ(ending.code, 1) << ending.out;
  EXPECT_THAT(ending.out + ending.err, HasSubstr("n.v: holds texts beside numbers"));
}

INSTANTIATE_TEST_SUITE_P(A, SinceInto, testing::Values(Kind::postgres, Kind::mysql, Kind::sqlite), name_of);

/// What `plan` says of a workflow that can't be.
std::string refusal(const std::string& fields, const std::string& store = R"lua(store "sqlite" { path = "shop.db" })lua") {
  const Project project({}, R"lua(
    local m = map { from = "old", to = "new" }
    return workflow "again" {
      stores = { old = )lua" + store + R"lua(, new = store "sqlite" { path = "copy.db" } },
      phase "copy" { step "tables" { schema.create { map = m } }, step "rows" { copy.tables { map = m, )lua" + fields + R"lua( } } },
    })lua");
  make_small_shop(project / "shop.db");
  write_text(project / "item.json", "[{\"id\": 1}]");
  const Ending ending = project.sluice({"plan", "shop.lua"});
  EXPECT_NE(ending.code, 0) << ending.out;
  return ending.err;
}

TEST(Since, InfinityIsNoMark) {
  if (is_missing(Kind::postgres)) GTEST_SKIP() << "no such server is installed";
  const NewTarget source(Kind::postgres);
  Project project("", repeated_copy(source.store("OLD_URL"), R"lua(store "sqlite" { path = "copy.db" })lua"));
  project.options().environment["OLD_URL"] = source.url();
  source.execute(project, std::string(kTable) + "; insert into item values (1, 'a', '2026-01-31'), (2, 'b', 'infinity')");
  run_sqlite(project / "copy.db", kLooseTable);
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_NE(ending.code, 0) << ending.out;
  EXPECT_THAT(ending.out + ending.err, HasSubstr("item.changed: its highest value is infinity"));
}

TEST(Since, WhatCannotBeIsRefusedByThePlan) {
  EXPECT_THAT(refusal(R"(since = { item = "id" })"), HasSubstr("since: the rows of earlier copies must stay"));
  EXPECT_THAT(refusal(R"(since = { item = "id" }, mode = "replace")"), HasSubstr("since: the rows of earlier copies must stay"));
  EXPECT_THAT(refusal(R"(since = { itme = "id" }, mode = "append")"), AllOf(HasSubstr("'itme' matches no table of the map"), HasSubstr("item")));
  EXPECT_THAT(refusal(R"(since = { item = "idd" }, mode = "append")"), AllOf(HasSubstr("item has no column \"idd\" that is copied"), HasSubstr("id")));
  EXPECT_THAT(refusal(R"(since = { ["*"] = "id" }, mode = "append")"), HasSubstr("since: event"));
  EXPECT_THAT(refusal(R"(since = { item = "id" }, mode = "append")", R"lua(store "json" { path = "item.json" })lua"),
              HasSubstr("the store \"old\" has no language to choose rows by"));
}

}  // namespace
}  // namespace sluice::test
