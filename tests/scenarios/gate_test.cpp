#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scenarios/stalled_run.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

TEST(Gate, ThatFailsRollsBackWhatTheRunCreatedAndNamesTheRow) {
  SLUICE_REQUIRE_POSTGRES();
  TestDatabase database;
  WorkflowParts parts;
  parts.after_keys = "    step \"thief\" { sql { store = \"new\", text = \"delete from shop.item where id = 7\" } },\n";
  Project project(database.url(), shop_workflow(Target::postgres, parts));
  make_small_shop(project / "shop.db");
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 3) << ending.out << ending.err;
  const auto report = project.report();
  EXPECT_EQ(report.at("status"), "rolled_back");
  const auto gate = find_node(report, "proof.same").at("gate");
  EXPECT_EQ(gate.at("result"), "FAIL") << gate;
  EXPECT_FALSE(gate.at("comparisons").at(0).at("left").get<std::string>().empty());
  const auto difference = find_node(report, "proof.content").at("differences").at(0);
  EXPECT_EQ(difference.at("table"), "item");
  EXPECT_EQ(difference.at("missing"), 1);
  EXPECT_EQ(difference.at("rows").at(0).at("kind"), "missing");
  EXPECT_THAT(difference.at("rows").at(0).at("key").get<std::string>(), HasSubstr("7"));
  PgSession session(database.url());
  EXPECT_EQ(session.scalar("select count(*) from pg_tables where schemaname = 'shop'"), "0");
}

}  // namespace
}  // namespace sluice::test
