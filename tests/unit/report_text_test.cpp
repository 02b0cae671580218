#include "report/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/json.hpp"
#include "report/runs.hpp"
#include "report/status.hpp"
#include "report_support.hpp"

namespace sluice::report {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace journal::kind;

History passed_shop() {
  History history = started_shop();
  pass_tables(history);
  pass_rows(history);
  pass_indexes(history);
  history.at(5.1).add(node_started, "copy.proof");
  history.at(8).add(node_passed, "copy.proof",
                    R"({"seconds":2.9,"verdict":"MATCH","summary":"MATCH: 1,203,001 rows in 2 tables",
    "metrics":{"missing":{"unit":"","tables":{"orders":0,"customers":0}},
               "discrepancy":{"unit":"","tables":{"orders":[0,1203000],"customers":[0,1]}}}})");
  history.add(node_started, "copy.same")
      .add(gate_measured, "copy.same", R"({"criterion":"proof.discrepancy < 0.1%","result":"PASS",
    "comparisons":[{"text":"proof.discrepancy < 0.1%","left":"proof.discrepancy[customers] = 0%","right":"0.1%","result":"PASS"}]})");
  history.add(node_passed, "copy.same", R"({"seconds":0.01})").add(node_passed, "copy");
  history.at(8.2).add(
      run_ended, "",
      R"({"status":"passed","exit_code":0,"seconds":8.2,"verdict":"MATCH","resumable":false,"message":""})");
  return history;
}

/// Rows were deleted and changed in the target behind the run's back; texts of the stores try to drive the terminal.
History failed_shop() {
  History history = started_shop();
  pass_tables(history);
  pass_rows(history);
  pass_indexes(history);
  history.at(5.1).add(node_started, "copy.proof");
  history.at(8).add(node_passed, "copy.proof", R"({"seconds":2.9,"verdict":"MISMATCH",
    "summary":"MISMATCH: 1,203,000 rows in 2 tables, 1 of them differ",
    "metrics":{"missing":{"unit":"","tables":{"orders":3,"customers":0}}},
    "differences":[{"table":"orders","verdict":"MISMATCH","source_rows":1203000,"target_rows":1202997,"missing":3,"extra":0,
      "changed":1,"duplicated":0,"notes":["price: equal under: rounded to 6 decimals"],"rows":[
        {"kind":"missing","key":"id=7","times":1,"cells":[]},
        {"kind":"changed","key":"id=9","times":1,"cells":[
          {"column":"total","source":"12.50","target":"12.49"},
          {"column":"remark","source":"\u001b[2Jgone\nVerdict: MATCH","target":"NULL"}]}]}]})");
  history.add(node_started, "copy.same")
      .add(gate_measured, "copy.same", R"({"criterion":"proof.discrepancy < 0.1%","result":"FAIL",
    "comparisons":[{"text":"proof.discrepancy < 0.1%","left":"proof.discrepancy[orders] = 0.3%","right":"0.1%","result":"FAIL"}],
    "message":""})");
  history.add(node_failed, "copy.same", R"({"seconds":0.01,"error":{"code":"data",
    "message":"proof.discrepancy < 0.1% does not hold: proof.discrepancy[orders] = 0.3% against 0.1%"}})");
  return history;
}

History rolled_back_shop() {
  History history = failed_shop();
  history.add(rollback_started, "", R"({"to":"prepare","reason":"copy.same failed","from_gate":true,
    "nodes":["copy.same","copy.proof","copy.notify","copy.indexes","copy.rows","prepare.tables"]})");
  history.add(undo_done, "copy.notify", R"({"kept":["exec has no undo: its effect stays"],"dropped":[]})");
  history.at(8.5).add(undo_done, "copy.indexes", R"({"seconds":0.1,"dropped":["index orders_by_customer"],"kept":[]})");
  history.at(9).add(undo_done, "copy.rows", R"({"seconds":0.2,"dropped":[],"kept":[],"rows":1203001})");
  history.add(undo_done, "prepare.tables", R"({"seconds":0.1,"dropped":["table shop.orders","table shop.customers"],
    "kept":["schema shop: it was there before"]})");
  history.add(rollback_done, "", R"({"seconds":1})");
  history.add(note, "", R"({"text":"ops: the nightly job\u0007 deletes old orders"})");
  history.at(9.1).add(run_ended, "",
                      R"({"status":"rolled_back","exit_code":3,"seconds":9.1,"verdict":"MISMATCH","resumable":true,
    "message":"rolled back to prepare"})");
  return history;
}

History killed_in_copy() {
  History history = started_shop();
  pass_tables(history);
  history.at(0.5).add(node_started, "copy.rows").add(tasks_planned, "copy.rows", R"({"tasks":8,"done":0})");
  history.at(2.5).add(task_done, "copy.rows", R"({"seconds":2,"table":"orders","rows":100000,"bytes":10900000})",
                      "orders:0");
  history.at(60).add(run_resumed, "", R"({"process":{"host":"db1","pid":4800}})");
  history.at(61).add(node_started, "copy.rows").add(tasks_planned, "copy.rows", R"({"tasks":6,"done":2})");
  history.at(63).add(task_done, "copy.rows", R"({"seconds":2,"table":"orders","rows":100000,"bytes":10900000})",
                     "orders:2");
  return history;
}

TEST(ReportText, ShowsAPassedRun) { expect_golden("passed.txt", report_text(summarize(passed_shop().events()))); }

TEST(ReportText, ShowsWhichCriterionWhichValuesAndWhichRowsFailed) {
  expect_golden("rolled_back.txt", report_text(summarize(rolled_back_shop().events())));
}

TEST(ReportText, ShowsAKilledRunAndHowToGoOn) {
  RunSummary summary = summarize(killed_in_copy().events());
  mark_killed(summary);

  expect_golden("killed.txt", report_text(summary));
}

TEST(ReportText, LetsNoForeignTextMoveTheCursorOrForgeALine) {
  const std::string text = report_text(summarize(rolled_back_shop().events()));

  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\x07")));
  EXPECT_THAT(text, Not(HasSubstr("\nVerdict: MATCH")));
  EXPECT_THAT(text, HasSubstr("\\x1b[2Jgone\\nVerdict: MATCH"));
}

TEST(ReportText, EndsWithTheVerdict) {
  const std::string end = "\nVerdict: MISMATCH; run r-7f2a10 rolled_back (exit code 3)\n";
  const std::string text = report_text(summarize(rolled_back_shop().events()));

  EXPECT_EQ(text.substr(text.size() - end.size()), end);
}

TEST(ReportText, SaysWhatARollbackFailedAt) {
  History history = failed_shop();
  history.add(rollback_started, "", R"({"to":"copy.rows","nodes":["copy.rows"]})").add(undo_started, "copy.rows");
  history.add(undo_failed, "copy.rows", R"({"error":{"code":"permission","message":"must be owner of table orders"}})");
  history.add(rollback_failed, "", R"({"error":{"message":"must be owner of table orders"}})");
  history.add(run_ended, "",
              R"({"status":"rollback_failed","exit_code":4,"resumable":true,"message":"the rollback failed"})");

  const std::string text = report_text(summarize(history.events()));

  EXPECT_THAT(text, HasSubstr("Rollback to copy.rows: failed"));
  EXPECT_THAT(text, HasSubstr("copy.rows: NOT undone: must be owner of table orders"));
  EXPECT_THAT(text, HasSubstr("sluice resume r-7f2a10 takes it up again"));
}

TEST(ReportJson, CarriesTheWholeRun) {
  expect_golden("rolled_back.json", report_json(summarize(rolled_back_shop().events())));
}

TEST(ReportJson, IsOneObjectAlsoForARunThatNeverStarted) {
  const auto json = nlohmann::json::parse(report_json(summarize({})));

  EXPECT_EQ(json.at("status"), "not_started");
  EXPECT_TRUE(json.at("exit_code").is_null());
  EXPECT_TRUE(json.at("started").is_null());
  EXPECT_TRUE(json.at("phases").empty());
}

TEST(StatusText, ShowsHowFarALiveRunIsAndHowLongItTakes) {
  expect_golden("running.status.txt", status_text(summarize(killed_in_copy().events()), kStart + 65 * kSecond));
}

TEST(StatusText, ShowsWhereAKilledRunWas) {
  RunSummary summary = summarize(killed_in_copy().events());
  mark_killed(summary);

  expect_golden("killed.status.txt", status_text(summary, kStart + 1000 * kSecond));
}

TEST(StatusText, ShowsWhatFailed) {
  expect_golden("rolled_back.status.txt", status_text(summarize(rolled_back_shop().events()), kStart + 1000 * kSecond));
}

TEST(StatusText, FitsOnOneScreenHoweverManyStepsRun) {
  History history;
  nlohmann::json nodes = nlohmann::json::array();
  for (int i = 0; i < 500; ++i) {
    nodes.push_back(
        {{"path", "p" + std::to_string(i % 50) + ".s" + std::to_string(i)}, {"kind", "step"}, {"word", "sql"}});
  }
  history.add(run_started, "", nlohmann::json{{"run", "r-1"}, {"workflow", "w"}, {"nodes", nodes}}.dump());
  for (const auto& node : nodes) history.add(node_started, node.at("path").get<std::string>());

  const std::string text = status_text(summarize(history.events()), kStart);

  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 40);
  EXPECT_THAT(text, HasSubstr("and 488 more"));
}

TEST(StatusJson, GivesPaceAndTimeLeft) {
  const auto json = nlohmann::json::parse(status_json(summarize(killed_in_copy().events()), kStart + 65 * kSecond));

  const auto& running = json.at("running").at(0);
  EXPECT_EQ(running.at("path"), "copy.rows");
  EXPECT_EQ(running.at("tasks").at("done"), 3);
  EXPECT_EQ(running.at("tasks").at("total"), 8);
  EXPECT_DOUBLE_EQ(running.at("rows_per_second").get<double>(), 25000);
  EXPECT_DOUBLE_EQ(running.at("seconds_left").get<double>(), 20);
  EXPECT_EQ(json.at("status"), "running");
}

TEST(StatusJson, GivesNoPaceBeforeATaskHasEnded) {
  History history = started_shop();
  history.add(node_started, "copy.rows").add(tasks_planned, "copy.rows", R"({"tasks":8,"done":0})");
  const auto json = nlohmann::json::parse(status_json(summarize(history.events()), kStart + 10 * kSecond));

  EXPECT_TRUE(json.at("running").at(0).at("rows_per_second").is_null());
  EXPECT_TRUE(json.at("running").at(0).at("seconds_left").is_null());
}

TEST(RunsText, ListsRunsWithTheirTarget) {
  RunSummary fresh = summarize({});
  fresh.run = "r-000001";
  RunSummary killed = summarize(killed_in_copy().events());
  mark_killed(killed);

  expect_golden("runs.txt", runs_text({fresh, killed, summarize(rolled_back_shop().events())}));
  EXPECT_EQ(runs_text({}), "no runs\n");
}

TEST(RunsJson, ListsRuns) {
  const auto json = nlohmann::json::parse(runs_json({summarize(passed_shop().events())}));

  EXPECT_EQ(json.at("runs").size(), 1u);
  EXPECT_EQ(json.at("runs").at(0).at("run"), "r-7f2a10");
  EXPECT_EQ(json.at("runs").at(0).at("target"), "postgresql://db1/shop");
  EXPECT_EQ(json.at("runs").at(0).at("started"), "2026-01-31T13:05:00.000Z");
  EXPECT_EQ(nlohmann::json::parse(runs_json({})).at("runs").size(), 0u);
}

}  // namespace
}  // namespace sluice::report
