#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "scenarios/new_target.hpp"

/// Several tables of a source become one of the target: a map each.
namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string merge_workflow(const std::string& new_store) {
  return R"lua(
    local function part(year)
      local name = "orders_" .. year
      return map { from = "old", to = "new", tables = { name }, rename = { [name] = "orders" }, types = { ["*.total"] = "numeric(12,2)", ["*.id"] = "int64" },
                   [name] = { add = { year = { type = "int32", nullable = false, value = year } } } }
    end
    local a, b = part(2025), part(2026)
    return workflow "merge" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = )lua" + new_store + R"lua( },
      phase "copy" {
        step "tables" { schema.create { map = a } },
        step "first" { copy.tables { map = a, chunk_rows = 100 } },
        step "second" { copy.tables { map = b, mode = "append", chunk_rows = 100 } },
        step "keys" { schema.finish { map = a } },
      },
      phase "proof" {
        step "counts" { verify.counts { map = b } },
        step "first" { verify.content { map = a } },
        step "second" { verify.content { map = b, source = "reread" } },
        gate "same" "counts.discrepancy == 0 and first.discrepancy == 0 and second.discrepancy == 0",
        on_fail = rollback_to "copy",
      },
    })lua";
}

std::string table_of(int year, int first, int last) {
  const std::string name = "orders_" + std::to_string(year);
  return "create table " + name + " (id integer primary key, total numeric(12,2)); with recursive i(x) as (select " + std::to_string(first) +
         " union all select x + 1 from i where x < " + std::to_string(last) + ") insert into " + name + " select x, x * 0.25 from i;";
}

class Merge : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (is_missing(GetParam())) GTEST_SKIP() << "no such server is installed";
    target_ = std::make_unique<NewTarget>(GetParam());
    project_ = std::make_unique<Project>(target_->url(), merge_workflow(target_->store()));
    run_sqlite((*project_) / "shop.db", table_of(2025, 1, 450));
  }

  std::unique_ptr<NewTarget> target_;
  std::unique_ptr<Project> project_;
};

TEST_P(Merge, TwoTablesBecomeOneAndTheProofsKnowBoth) {
  run_sqlite((*project_) / "shop.db", table_of(2026, 451, 700));
  const Ending ending = project_->sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_THAT(ending.out, HasSubstr("Verdict: MATCH"));
  run_sqlite((*project_) / "shop.db", "create view orders as select id, 2025 as year from orders_2025 union all select id, 2026 from orders_2026");
  EXPECT_TRUE(has_same_rows((*project_) / "shop.db", target_->place(*project_), {"select id, year from orders order by id"}));
}

TEST_P(Merge, ARowThatIsMissingOfEitherIsFoundAndAllIsRolledBack) {
  run_sqlite((*project_) / "shop.db", table_of(2026, 451, 700));
  std::string workflow = merge_workflow(target_->store());
  const std::string place = "phase \"proof\" {";
  workflow.insert(workflow.find(place) + place.size(), "\n step \"damage\" { sql { store = \"new\", \"delete from orders where id = 600\" } },");
  project_->set_workflow(workflow);
  const Ending ending = project_->sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 3) << ending.out << ending.err;
  EXPECT_THAT(ending.out, AllOf(HasSubstr("699"), HasSubstr("450 rows of it came by other maps and count as extra"), HasSubstr("250 rows in the source, 699 in the target; 1 missing, 450 extra")));
}

TEST_P(Merge, AKeyThatBothHaveStopsTheRunAndNamesIt) {
  run_sqlite((*project_) / "shop.db", table_of(2026, 450, 700));
  const Ending ending = project_->sluice({"run", "shop.lua"});
  EXPECT_NE(ending.code, 0) << ending.out;
  EXPECT_THAT(ending.out + ending.err, HasSubstr("450"));
}

TEST_P(Merge, TwoMapsMayTakePartsOfOneTableByFunctions) {
  project_->set_workflow(R"lua(
    local function part(takes) return map { from = "old", to = "new", types = { ["*.total"] = "numeric(12,2)" }, orders_2025 = { filter = takes } } end
    local a = part(function(row) return row.id <= 200 end)
    local b = part(function(row) return row.id > 200 end)
    return workflow "merge" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = )lua" + target_->store() + R"lua( },
      phase "copy" { step "tables" { schema.create { map = a } }, step "first" { copy.tables { map = a } },
                     step "second" { copy.tables { map = b, mode = "append" } } },
      phase "proof" { step "counts" { verify.counts { map = a } }, step "same" { verify.content { map = b, source = "reread" } },
                      gate "same_rows" "counts.discrepancy == 0 and same.discrepancy == 0" },
    })lua");
  const Ending ending = project_->sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
}

TEST_P(Merge, TwoCopiesIntoOneTableWithoutAModeAreRefusedByThePlan) {
  run_sqlite((*project_) / "shop.db", table_of(2026, 451, 700));
  std::string workflow = merge_workflow(target_->store());
  const std::string mode = ", mode = \"append\"";
  workflow.erase(workflow.find(mode), mode.size());
  project_->set_workflow(workflow);
  const Ending ending = project_->sluice({"plan", "shop.lua"});
  EXPECT_EQ(ending.code, 2) << ending.out;
  EXPECT_THAT(ending.err, HasSubstr("copy.second: copy.first fills orders already"));
}

INSTANTIATE_TEST_SUITE_P(Into, Merge, testing::Values(Kind::postgres, Kind::mysql, Kind::sqlite), name_of);

}  // namespace
}  // namespace sluice::test
