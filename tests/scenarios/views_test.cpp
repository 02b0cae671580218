#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "scenarios/new_target.hpp"

/// Views of a source become tables of the target.
namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string views_workflow(const std::string& old_store, const std::string& views) {
  return R"lua(
    local m = map { from = "old", to = "new", tables = { "item" }, views = { )lua" + views + R"lua( } }
    return workflow "views" {
      stores = { old = )lua" + old_store + R"lua(, new = store "sqlite" { path = "copy.db" } },
      phase "copy" { step "tables" { schema.create { map = m } }, step "rows" { copy.tables { map = m } }, step "keys" { schema.finish { map = m } } },
      phase "proof" { step "counts" { verify.counts { map = m } }, step "same" { verify.content { map = m, source = "reread" } },
                      gate "all" "same.discrepancy == 0 and counts.discrepancy == 0" },
    })lua";
}

class Views : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (is_missing(GetParam())) GTEST_SKIP() << "no such server is installed";
    source_ = std::make_unique<NewTarget>(GetParam());
    project_ = std::make_unique<Project>("", views_workflow(source_->store("OLD_URL"), "\"cheap\""));
    project_->options().environment["OLD_URL"] = source_->url();
    source_->execute(*project_, "create table item (id integer primary key, price numeric(10,2), name varchar(20))");
    source_->execute(*project_, "insert into item values (1, 1.5, 'a'), (2, 250, 'b'), (3, 2, null)");
    source_->execute(*project_, "create view cheap as select id, price, name from item where price < 100");
    source_->execute(*project_, "create view dear as select id from item where price >= 100");
  }

  std::unique_ptr<NewTarget> source_;
  std::unique_ptr<Project> project_;
};

TEST_P(Views, AreCopiedWithTheRowsThatTheyShow) {
  const Ending plan = project_->sluice({"plan", "shop.lua"});
  EXPECT_THAT(plan.out, AllOf(HasSubstr("view cheap is copied as a table of the rows that it shows now"), HasSubstr("view dear is not copied"),
                              Not(HasSubstr("view cheap is not copied"))));
  const Ending ending = project_->sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(has_same_rows((*project_) / "copy.db", source_->place(*project_), {"select id, name from cheap order by id", "select id from item order by id"}));
}

TEST_P(Views, ThatAreNotThereAreRefused) {
  project_->set_workflow(views_workflow(source_->store("OLD_URL"), "\"cheep\""));
  const Ending ending = project_->sluice({"plan", "shop.lua"});
  EXPECT_EQ(ending.code, 2) << ending.out;
  EXPECT_THAT(ending.err, HasSubstr("views: there is no view \"cheep\" in \"old\""));
}

INSTANTIATE_TEST_SUITE_P(Of, Views, testing::Values(Kind::postgres, Kind::mysql, Kind::sqlite), name_of);

TEST(ViewsOfPostgres, MaterializedOnesAsWell) {
  if (is_missing(Kind::postgres)) GTEST_SKIP() << "no such server is installed";
  NewTarget source(Kind::postgres);
  Project project("", views_workflow(source.store("OLD_URL"), "\"sums\""));
  project.options().environment["OLD_URL"] = source.url();
  source.execute(project, "create table item (id integer primary key, price numeric(10,2)); insert into item select i, i from generate_series(1, 5000) i");
  source.execute(project, "create materialized view sums as select id % 10 as digit, sum(price) as total from item group by 1");
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(has_same_rows(project / "copy.db", source.url(), {"select digit, total from sums order by digit"}));
}

}  // namespace
}  // namespace sluice::test
