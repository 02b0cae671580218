#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "scenarios/project.hpp"
#include "scenarios/stalled_run.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

WorkflowParts with_another_gate() {
  WorkflowParts parts;
  parts.before_copy = wait_step("go");
  parts.chunk_rows = 50;
  parts.proof = "    gate \"complete\" \"content.completeness >= 100%\",\n";
  return parts;
}

TEST(Resume, OfAKilledRunFinishesItAndRepeatsNothing) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  stalled.kill();
  const std::string writers = stalled.item_writers();
  const Ending ending = stalled.project().sluice({"resume"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(stalled.is_complete());
  EXPECT_EQ(stalled.item_writers(), writers);
  const auto rows = find_node(stalled.project().report(), "copy.rows");
  EXPECT_EQ(rows.at("tasks").at("total"), 16) << rows;
  EXPECT_EQ(rows.at("tasks").at("done"), 16) << rows;
}

TEST(Resume, OfAnEditedWorkflowIsRefusedAndAdoptedOnRequest) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  stalled.kill();
  const std::string writers = stalled.item_writers();
  stalled.project().set_workflow(shop_workflow(Target::postgres, with_another_gate()));
  const Ending refused = stalled.project().sluice({"resume"});
  EXPECT_EQ(refused.code, 8) << refused.err;
  EXPECT_THAT(refused.err, AllOf(HasSubstr("shop.lua was edited"), HasSubstr("--adopt"), HasSubstr(stalled.project().run())));
  EXPECT_EQ(stalled.count("event"), 0);
  const Ending adopted = stalled.project().sluice({"resume", "--adopt"});
  EXPECT_EQ(adopted.code, 0) << adopted.out << adopted.err;
  EXPECT_TRUE(stalled.is_complete());
  EXPECT_EQ(stalled.item_writers(), writers) << "rows were copied twice";
  const auto report = stalled.project().report();
  EXPECT_FALSE(report.at("adopted_changes").empty());
  EXPECT_EQ(find_node(report, "proof.complete").at("state"), "passed") << report.dump(1);
}

TEST(Resume, RefusesAnAdoptedWorkflowThatChangesWhatHasBegun) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  stalled.kill();
  std::string text = read_text(stalled.project() / "shop.lua");
  const std::string map = "map { from = \"old\", to = \"new\"";
  text.replace(text.find(map), map.size(), map + ", tables = { \"*\", except = { \"event\" } }");
  stalled.project().set_workflow(text);
  const Ending ending = stalled.project().sluice({"resume", "--adopt"});
  EXPECT_EQ(ending.code, 8) << ending.out << ending.err;
  EXPECT_THAT(ending.err, HasSubstr("has begun"));
  EXPECT_EQ(stalled.count("item"), 500);
}

TEST(Resume, RefusesAnAdoptedModeThatWouldDeleteWhatIsCopied) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  stalled.kill();
  std::string text = read_text(stalled.project() / "shop.lua");
  const std::string action = "copy.tables { map = m";
  text.replace(text.find(action), action.size(), action + ", mode = \"replace\"");
  const std::string rollback = "on_fail = rollback_to \"prepare\"";
  for (size_t at = text.find(rollback); at != std::string::npos; at = text.find(rollback)) text.replace(at, rollback.size(), "on_fail = \"abort\"");
  stalled.project().set_workflow(text);
  const Ending ending = stalled.project().sluice({"resume", "--adopt"});
  EXPECT_EQ(ending.code, 8) << ending.out << ending.err;
  EXPECT_THAT(ending.err, HasSubstr("copy.rows has begun"));
  EXPECT_EQ(stalled.count("item"), 500);
}

TEST(Resume, RefusesASourceThatHasGrownAndSaysWhatChanged) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  stalled.kill();
  run_sqlite(stalled.project() / "shop.db", "insert into item values (501, 'late')");
  const Ending ending = stalled.project().sluice({"resume"});
  EXPECT_EQ(ending.code, 8) << ending.out << ending.err;
  EXPECT_THAT(ending.err + ending.out, AllOf(HasSubstr("\"old\""), HasSubstr("changed")));
  EXPECT_EQ(stalled.count("item"), 500);
  EXPECT_EQ(stalled.count("event"), 0);
}

TEST(Resume, AfterARollbackToTheCopyStepCopiesAllRowsAgain) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  stalled.kill();
  Project& project = stalled.project();
  const Ending rollback = project.sluice({"rollback", project.run(), "--to", "copy.rows", "--yes"});
  EXPECT_EQ(rollback.code, 0) << rollback.out << rollback.err;
  EXPECT_EQ(stalled.count("item"), 0);
  const Ending ending = project.sluice({"resume"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(stalled.is_complete());
  EXPECT_EQ(find_node(project.report(), "copy.rows").at("generation"), 2);
}

TEST(Resume, AfterARollbackOfAFinishedRunCopiesAllRowsAgain) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled({}, {"--keep-ledger"});
  stalled.release();
  ASSERT_EQ(stalled.program().wait().code, 0) << stalled.program().err();
  Project& project = stalled.project();
  const Ending rollback = project.sluice({"rollback", project.run(), "--to", "copy.rows", "--yes"});
  EXPECT_EQ(rollback.code, 0) << rollback.out << rollback.err;
  EXPECT_EQ(stalled.count("item"), 0);
  const Ending ending = project.sluice({"resume"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(stalled.is_complete());
}

TEST(Rollback, ToTheFirstPhaseDropsWhatTheRunCreatedAndNothingElse) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  stalled.kill();
  PgSession session(stalled.url());
  session.execute("create table shop.mine (x int); insert into shop.mine values (1)");
  Project& project = stalled.project();
  const Ending plan = project.sluice({"rollback", project.run(), "--to", "prepare", "--plan"});
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_THAT(plan.out, AllOf(HasSubstr("item"), HasSubstr("event")));
  EXPECT_EQ(stalled.count("item"), 500);
  const Ending unasked = project.sluice({"rollback", project.run(), "--to", "prepare"});
  EXPECT_EQ(unasked.code, 2) << unasked.out << unasked.err;
  EXPECT_EQ(stalled.count("item"), 500);
  const Ending ending = project.sluice({"rollback", project.run(), "--to", "prepare", "--yes"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_EQ(session.scalar("select string_agg(tablename, ',') from pg_tables where schemaname = 'shop'"), "mine");
  EXPECT_EQ(session.scalar("select count(*) from shop.mine"), "1");
}

TEST(Run, TypedInsteadOfResumeIsRefusedAndNamesTheUnfinishedRun) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  stalled.kill();
  const std::string run = stalled.project().run();
  const Ending ending = stalled.project().sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 7) << ending.out << ending.err;
  EXPECT_THAT(ending.err, AllOf(HasSubstr(run), HasSubstr("sluice resume " + run)));
  EXPECT_EQ(stalled.project().run(), run) << "the refused run left its folder";
  EXPECT_EQ(stalled.count("item"), 500);
}

TEST(Resume, RefusesATargetFileThatIsNotTheOneItWroteTo) {
  WorkflowParts parts;
  parts.before_copy = wait_step("go");
  const Project project({}, shop_workflow(Target::sqlite, parts));
  make_small_shop(project / "shop.db");
  Program program = project.start({"run", "shop.lua"});
  ASSERT_TRUE(wait_for(program, "prepare.tables")) << program.err();
  program.signal(SIGKILL);
  program.wait();
  ASSERT_EQ(std::rename((project / "target.db").c_str(), (project / "away.db").c_str()), 0);
  const Ending refused = project.sluice({"resume"});
  EXPECT_EQ(refused.code, 8) << refused.out << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("target.db"));
  ASSERT_EQ(std::rename((project / "away.db").c_str(), (project / "target.db").c_str()), 0);
  write_text(project / "go", "");
  const Ending resumed = project.sluice({"resume", "--redo", "prepare.wait_go"});
  EXPECT_EQ(resumed.code, 0) << resumed.out << resumed.err;
  EXPECT_TRUE(has_same_rows(project / "shop.db", project / "target.db", small_shop_rows()));
}

TEST(Run, StoppedBySigintSaysSoAndCanBeResumed) {
  SLUICE_REQUIRE_POSTGRES();
  for (const int signal : {SIGINT, SIGTERM}) {
    StalledRun stalled;
    stalled.program().signal(signal);
    const Ending ending = stalled.program().wait();
    EXPECT_EQ(ending.code, 130) << ending.out << ending.err;
    stalled.release();
    EXPECT_EQ(stalled.project().report().at("status"), "interrupted");
    EXPECT_EQ(stalled.count("event"), 0);
    const std::string writers = stalled.item_writers();
    const Ending resumed = stalled.project().sluice({"resume"});
    EXPECT_EQ(resumed.code, 0) << resumed.out << resumed.err;
    EXPECT_TRUE(stalled.is_complete());
    EXPECT_EQ(stalled.item_writers(), writers);
  }
}

TEST(Pause, StopsARunFromAnotherTerminalAndLeavesItToBeResumed) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  const Ending paused = stalled.project().sluice({"pause", "--reason", "too much load"});
  EXPECT_EQ(paused.code, 0) << paused.err;
  EXPECT_THAT(paused.out, AllOf(HasSubstr("is paused before the end of copy.rows"), HasSubstr("sluice resume " + stalled.project().run())));
  EXPECT_EQ(stalled.program().wait().code, 130) << stalled.program().err();
  stalled.release();
  EXPECT_THAT(stalled.project().report().dump(), HasSubstr("asked to stop: too much load"));
  const Ending again = stalled.project().sluice({"pause"});
  EXPECT_EQ(again.code, 2) << again.out;
  EXPECT_THAT(again.err, AllOf(HasSubstr("no process runs"), HasSubstr("it is interrupted")));
  const std::string writers = stalled.item_writers();
  const Ending resumed = stalled.project().sluice({"resume"});
  EXPECT_EQ(resumed.code, 0) << resumed.out << resumed.err;
  EXPECT_TRUE(stalled.is_complete());
  EXPECT_EQ(stalled.item_writers(), writers);
}

TEST(Pause, SentToAProcessThatWasKilledDoesNotStopTheNextOne) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  stalled.kill();
  write_text(stalled.project() / ".sluice/runs/" + stalled.project().run() + "/inbox/00000000000000000001-abcd.json",
             R"({"kind": "cancel", "reason": "late"})");
  const Ending resumed = stalled.project().sluice({"resume"});
  EXPECT_EQ(resumed.code, 0) << resumed.out << resumed.err;
  EXPECT_THAT(stalled.project().report().dump(), HasSubstr("asked to stop: late"));
}

TEST(Status, FromAnotherTerminalShowsWhereARunStands) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  const Ending running = stalled.project().sluice({"status"});
  EXPECT_EQ(running.code, 0) << running.err;
  EXPECT_THAT(running.out, AllOf(HasSubstr("running"), HasSubstr("copy.rows"), HasSubstr(stalled.project().run())));
  stalled.kill();
  EXPECT_THAT(stalled.project().sluice({"status"}).out, HasSubstr("killed"));
}

TEST(Run, AfterAnotherHasPassedIsRefusedOnlyForTheTablesThatAreThere) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled({}, {"--keep-ledger"});
  stalled.release();
  ASSERT_EQ(stalled.program().wait().code, 0) << stalled.program().err();
  const Ending ending = stalled.project().sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 1) << ending.out << ending.err;
  EXPECT_THAT(ending.err, AllOf(HasSubstr("not empty"), HasSubstr("item (500 rows)"), HasSubstr("event (300 rows)")));
  EXPECT_EQ(stalled.project().runs().size(), 1U);
  EXPECT_TRUE(stalled.is_complete());
}

}  // namespace
}  // namespace sluice::test
