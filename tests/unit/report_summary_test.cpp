#include "report/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "report/advice.hpp"
#include "report_support.hpp"

namespace sluice::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace journal::kind;

const NodeSummary& node_of(const RunSummary& summary, const char* path) {
  const NodeSummary* node = find_node(summary, path);
  if (!node) throw std::logic_error(std::string("no node ") + path);
  return *node;
}

TEST(RunSummary, OfNoEventsIsARunThatHasNotStarted) {
  const RunSummary summary = summarize({});

  EXPECT_EQ(summary.status, RunStatus::not_started);
  EXPECT_TRUE(summary.phases.empty());
}

TEST(RunSummary, KeepsPhasesAndNodesInWrittenOrderWithoutGroups) {
  const RunSummary summary = summarize(started_shop().events());

  ASSERT_EQ(summary.phases.size(), 2u);
  EXPECT_EQ(summary.phases[0].name, "prepare");
  EXPECT_EQ(summary.phases[0].title, "Make room");
  std::vector<std::string> paths;
  for (const NodeSummary& node : summary.phases[1].nodes) paths.push_back(node.path);
  EXPECT_THAT(paths, ElementsAre("copy.rows", "copy.indexes", "copy.notify", "copy.proof", "copy.same"));
  EXPECT_EQ(summary.status, RunStatus::running);
  EXPECT_EQ(summary.pid, 4711);
  EXPECT_EQ(summary.next_node, "prepare.tables");
}

TEST(RunSummary, AddsUpTasksPerTable) {
  History history = started_shop();
  pass_tables(history);
  pass_rows(history);

  const RunSummary summary = summarize(history.events());

  const NodeSummary& rows = node_of(summary, "copy.rows");
  EXPECT_EQ(rows.state, NodeState::passed);
  EXPECT_EQ(rows.rows, 1203001);
  EXPECT_EQ(rows.bytes, 131000080);
  EXPECT_EQ(rows.tasks_done, 3);
  EXPECT_EQ(rows.tasks_total, 3);
  EXPECT_EQ(rows.tables.at("orders").rows, 1203000);
  EXPECT_EQ(rows.tables.at("orders").tasks, 2);
  ASSERT_EQ(rows.retried.size(), 1u);
  EXPECT_EQ(rows.retried[0].task, "orders:1");
  EXPECT_EQ(rows.retried[0].wait_ms, 700);
  EXPECT_EQ(summary.phases[0].state, NodeState::passed);
  EXPECT_EQ(summary.phases[1].state, NodeState::running);
  EXPECT_NEAR(summary.seconds, 2.5, 1e-9);
}

TEST(RunSummary, CountsWhatAKilledProcessLeftInTheLedgerOnce) {
  History history = started_shop();
  pass_tables(history);
  history.at(1).add(node_started, "copy.rows").add(tasks_planned, "copy.rows", R"({"tasks":10,"done":0})");
  for (int i = 0; i < 4; ++i) {
    history.add(task_done, "copy.rows", R"({"table":"orders","rows":100})", "orders:" + std::to_string(i));
  }
  // Killed after the sixth chunk's commit, before it could be journalled; 4 journalled and 2 in the ledger alone.
  history.at(60).add(run_resumed, "", R"({"process":{"host":"db2","pid":4800}})");
  history.at(61).add(node_started, "copy.rows").add(tasks_planned, "copy.rows", R"({"tasks":4,"done":6})");
  history.at(62).add(task_done, "copy.rows", R"({"table":"orders","rows":100})", "orders:6");

  const RunSummary summary = summarize(history.events());

  const NodeSummary& rows = node_of(summary, "copy.rows");
  EXPECT_EQ(rows.tasks_total, 10);
  EXPECT_EQ(rows.tasks_done, 7);
  EXPECT_EQ(rows.tasks_found_done, 2);
  EXPECT_EQ(rows.rows, 500);
  EXPECT_EQ(rows.tasks_since_start, 1);
  EXPECT_EQ(rows.rows_since_start, 100);
  EXPECT_EQ(rows.attempts, 2);
  EXPECT_EQ(summary.host, "db2");
  EXPECT_EQ(summary.processes, 2);
  EXPECT_NEAR(summary.seconds, 3, 1e-9);  // the minute in which nothing ran is no running
}

TEST(RunSummary, CallsARunKilledWhenNobodyRunsIt) {
  History history = started_shop();
  pass_tables(history);
  history.at(1).add(node_started, "copy.rows");
  RunSummary summary = summarize(history.events());
  EXPECT_EQ(node_of(summary, "copy.rows").state, NodeState::running);

  mark_killed(summary);

  EXPECT_EQ(summary.status, RunStatus::killed);
  EXPECT_TRUE(summary.is_resumable);
  EXPECT_EQ(node_of(summary, "copy.rows").state, NodeState::interrupted);
  EXPECT_EQ(summary.phases[1].state, NodeState::interrupted);
  EXPECT_EQ(summary.next_node, "copy.rows");
  EXPECT_EQ(summary.ended_us, kStart + kSecond);
  EXPECT_THAT(advise(summary).at(0), HasSubstr("sluice resume r-7f2a10 goes on with copy.rows"));
}

TEST(RunSummary, LeavesAnEndedRunAsItEnded) {
  History history = started_shop();
  history.add(run_ended, "", R"({"status":"interrupted","exit_code":130,"resumable":true})");
  RunSummary summary = summarize(history.events());

  mark_killed(summary);

  EXPECT_EQ(summary.status, RunStatus::interrupted);
  EXPECT_EQ(summary.exit_code, 130);
}

TEST(RunSummary, KeepsWhatUndoneNodesShowedUntilTheyStartAgain) {
  History history = started_shop();
  pass_tables(history);
  pass_rows(history);
  history.add(rollback_started, "", R"({"to":"copy.rows","reason":"gate","nodes":["copy.rows"]})");
  history.add(undo_started, "copy.rows")
      .add(undo_done, "copy.rows", R"({"seconds":0.5,"rows":1203001,"kept":["table orders"]})");
  history.add(rollback_done, "", R"({"seconds":0.6})");
  history.add(run_ended, "", R"({"status":"rolled_back","exit_code":3,"resumable":true})");

  RunSummary summary = summarize(history.events());
  EXPECT_EQ(node_of(summary, "copy.rows").state, NodeState::undone);
  EXPECT_EQ(node_of(summary, "copy.rows").rows, 1203001);
  EXPECT_EQ(summary.rollbacks.at(0).undone.at(0).rows, 1203001);
  EXPECT_EQ(summary.rollbacks.at(0).state, NodeState::passed);
  EXPECT_EQ(summary.phases[1].state, NodeState::undone);

  history.add(run_resumed, "", R"({"process":{"host":"db1","pid":4712}})").generation(2).add(node_started, "copy.rows");
  summary = summarize(history.events());
  EXPECT_EQ(node_of(summary, "copy.rows").state, NodeState::running);
  EXPECT_EQ(node_of(summary, "copy.rows").rows, 0);
  EXPECT_EQ(node_of(summary, "copy.rows").attempts, 1);
  EXPECT_EQ(node_of(summary, "copy.rows").where, "shop.lua:16");
  EXPECT_EQ(summary.rollbacks.size(), 1u);
  EXPECT_EQ(summary.exit_code, std::nullopt);
}

TEST(RunSummary, TakesTheWorstVerdictOfProofsThatStillStand) {
  History history = started_shop();
  history.add(node_started, "copy.proof").add(node_passed, "copy.proof", R"({"verdict":"MATCH"})");
  EXPECT_EQ(summarize(history.events()).verdict, "MATCH");
  history.add(node_started, "copy.rows").add(node_passed, "copy.rows", R"({"verdict":"MISMATCH"})");
  EXPECT_EQ(summarize(history.events()).verdict, "MISMATCH");
  history.add(rollback_started, "", R"({"to":"copy.rows","nodes":["copy.rows"]})").add(rollback_done);
  EXPECT_EQ(summarize(history.events()).verdict, "MATCH");
}

TEST(RunSummary, KeepsFinishedNodesOfAnAdoptedPlan) {
  History history = started_shop();
  pass_tables(history);
  history.add(plan_adopted, "", R"({"from":"3fa9c1d2e4","to":"77aa","changes":["copy.audit: new"],"nodes":[
    {"path":"prepare.tables","kind":"step","word":"schema.create","where":"shop.lua:14"},
    {"path":"copy.audit","kind":"step","word":"sql"}]})");

  const RunSummary summary = summarize(history.events());

  EXPECT_EQ(summary.plan_hash, "77aa");
  EXPECT_EQ(node_of(summary, "prepare.tables").state, NodeState::passed);
  EXPECT_EQ(node_of(summary, "prepare.tables").where, "shop.lua:14");
  EXPECT_EQ(find_node(summary, "copy.rows"), nullptr);
  EXPECT_EQ(summary.next_node, "copy.audit");
  EXPECT_THAT(summary.adopted_changes, ElementsAre("copy.audit: new"));
}

TEST(RunSummary, NamesAnEventThatItCannotRead) {
  History history = started_shop();
  history.add(node_passed, "copy.rows", "{\"seconds\":");
  try {
    summarize(history.events());
    FAIL() << "read";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::data);
    EXPECT_THAT(error.message(), HasSubstr("event 2 (node_passed)"));
  }
}

TEST(RunSummary, PassesOverKindsOfALaterVersion) {
  History history = started_shop();
  history.add("approval_given", "copy.same", R"({"by":"ops"})");

  EXPECT_EQ(summarize(history.events()).status, RunStatus::running);
}

TEST(Evidence, IsFoundByTheStepsThatACriterionNames) {
  History history = started_shop();
  history.add(node_passed, "copy.proof", R"({"differences":[{"table":"orders"}]})");
  RunSummary summary = summarize(history.events());
  NodeSummary gate = node_of(summary, "copy.same");
  const auto is_found = [&](const std::string& criterion) {
    gate.criterion = criterion;
    return find_evidence(summary, gate).size() == 1;
  };

  EXPECT_TRUE(is_found("proof.discrepancy < 0.1%"));
  EXPECT_TRUE(is_found("total(copy.proof.missing) == 0"));
  EXPECT_FALSE(is_found("waterproof.discrepancy < 0.1%"));
  EXPECT_FALSE(is_found("old.proof.discrepancy < 0.1%"));
  gate.path = "cutover.same";
  EXPECT_FALSE(is_found("proof.discrepancy < 0.1%"));
  EXPECT_TRUE(is_found("copy.proof.discrepancy < 0.1%"));
}

}  // namespace
}  // namespace sluice::report
