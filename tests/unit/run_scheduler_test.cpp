#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "journal/events.hpp"
#include "run/scheduler.hpp"

namespace sluice::run {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;
using workflow::NodeKind;
namespace kind = journal::kind;

/// Keeps events in memory; can fail from a given event on.
class MemoryJournal : public journal::Journal {
 public:
  void append(std::vector<journal::Event>& batch) override {
    for (auto& event : batch) {
      if (static_cast<int64_t>(stored.size()) >= fail_after) throw Error(Code::unavailable, "the medium is gone");
      event.seq = static_cast<int64_t>(stored.size()) + 1;
      stored.push_back(event);
    }
  }
  std::vector<journal::Event> events(int64_t) override { return stored; }
  bool has(const std::string& kind, const std::string& node) const {
    return std::any_of(stored.begin(), stored.end(), [&](const auto& event) { return event.kind == kind && event.node == node; });
  }

  std::vector<journal::Event> stored;
  int64_t fail_after = 1000000;
};

/// Does the work at once, in the order of submission, and writes down what it was and what the journal knew by then.
class FakeExecutor : public Executor {
 public:
  FakeExecutor(const plan::Plan& plan, MemoryJournal& journal) : plan_(plan), journal_(journal) {}
  size_t workers() const override { return 4; }

  void submit(Work work) override {
    const std::string& path = plan_.nodes.at(work.node).path;
    if (work.kind == Work::Kind::task || work.kind == Work::Kind::undo) {
      const char* intent = work.kind == Work::Kind::task ? kind::node_started : kind::undo_started;
      if (!journal_.has(intent, path)) before_intent.push_back(path);
    }
    Outcome outcome;
    if (work.kind == Work::Kind::expand) outcome.value = expansion_of(path);
    if (work.kind == Work::Kind::conclude) {
      steps::Conclusion conclusion;
      conclusion.metrics = {{"rows", {}}, {"seconds", {}}};
      outcome.value = std::move(conclusion);
    }
    if (work.kind == Work::Kind::gate) {
      for (const auto& [key, metric] : *work.metrics) given.push_back(key);
      outcome.value = GateResult{failing.contains(path) ? workflow::Measurement::fail : workflow::Measurement::pass, {}, ""};
    }
    if (work.kind == Work::Kind::undo) {
      undone.push_back(path);
      outcome.value = steps::UndoReport{};
    }
    if (work.kind == Work::Kind::task) {
      done.push_back(path + "/" + work.task.id);
      if (failures[path] > 0) {
        --failures[path];
        outcome.value = Error(failure, "it failed");
      }
      if (stop_at == path) controls->stop = true;
    }
    outcome.work = std::move(work);
    outcomes_.push_back(std::move(outcome));
  }

  std::vector<Outcome> wait(std::chrono::milliseconds) override {
    clock.advance(std::chrono::milliseconds(100));
    return std::exchange(outcomes_, {});
  }

  std::map<std::string, std::vector<steps::Task>> tasks;
  std::map<std::string, int> failures;
  Code failure = Code::unavailable;
  std::set<std::string> failing;  ///< gates
  std::string stop_at;
  Controls* controls = nullptr;
  VirtualClock clock;
  std::vector<std::string> done, undone, before_intent;
  std::vector<std::string> given;  ///< metrics to gates

 private:
  steps::Expansion expansion_of(const std::string& path) {
    steps::Expansion expansion;
    auto found = tasks.find(path);
    steps::Task task;
    task.id = "do";
    expansion.tasks = found == tasks.end() ? std::vector<steps::Task>{task} : found->second;
    return expansion;
  }

  const plan::Plan& plan_;
  MemoryJournal& journal_;
  std::vector<Outcome> outcomes_;
};

plan::PlannedNode node(const std::string& path, NodeKind kind, std::vector<uint32_t> after) {
  plan::PlannedNode node;
  node.path = path;
  node.kind = kind;
  node.after = std::move(after);
  node.has_undo = kind == NodeKind::step;
  if (kind == NodeKind::step) node.targets = {"new"};
  return node;
}

/// p.a, then p.b and p.c together, then gate p.g; phase p.
plan::Plan diamond() {
  plan::Plan plan;
  plan.nodes = {node("p.a", NodeKind::step, {}),         node("p.b", NodeKind::step, {0}), node("p.c", NodeKind::step, {0}),
                node("p.parallel:1", NodeKind::parallel, {1, 2}), node("p.g", NodeKind::gate, {3}), node("p", NodeKind::phase, {4})};
  return plan;
}

class SchedulerTest : public testing::Test {
 protected:
  RunEnd run(RunState state = {}) {
    executor.controls = &controls;
    Scheduler scheduler(plan, std::move(state), journal, executor, executor.clock, controls, options, {});
    RunEnd end = scheduler.run();
    last = scheduler.state();
    return end;
  }

  plan::Plan plan = diamond();
  MemoryJournal journal;
  FakeExecutor executor{plan, journal};
  Controls controls;
  SchedulerOptions options;
  RunState last;
};

TEST_F(SchedulerTest, RunsNodesInOrderAndPasses) {
  EXPECT_EQ(run().code, ExitCode::passed);
  EXPECT_THAT(executor.done, ElementsAre("p.a/do", "p.b/do", "p.c/do"));
  EXPECT_EQ(journal.stored.back().kind, kind::run_ended);
}

TEST_F(SchedulerTest, MakesEveryIntentDurableBeforeItsEffect) {
  executor.failing = {"p.g"};
  plan.nodes[4].on_fail = workflow::OnFail{workflow::OnFail::Kind::rollback_to, "p"};
  run();
  EXPECT_THAT(executor.before_intent, ElementsAre());
}

TEST_F(SchedulerTest, GivesAGateTheMetricsThatItReads) {
  plan.nodes[4].reads = {"p.a.seconds", "p.c.rows", "p.none.rows"};
  run();
  EXPECT_THAT(executor.given, ElementsAre("p.a.seconds", "p.c.rows"));
}

TEST_F(SchedulerTest, GivesAGateThatMayAskForAnyAllMetrics) {
  run();
  EXPECT_THAT(executor.given,
              ElementsAre("p.a.rows", "p.a.seconds", "p.b.rows", "p.b.seconds", "p.c.rows", "p.c.seconds"));
}

TEST_F(SchedulerTest, KeepsTheBarrierBetweenStages) {
  steps::Task late;
  late.id = "late";
  late.stage = 2;
  steps::Task early;
  early.id = "early";
  early.stage = 1;
  executor.tasks["p.a"] = {late, early};
  EXPECT_EQ(run().code, ExitCode::passed);
  EXPECT_THAT(std::vector<std::string>(executor.done.begin(), executor.done.begin() + 2), ElementsAre("p.a/early", "p.a/late"));
}

TEST_F(SchedulerTest, TriesAgainWhatMayHelpAndNothingElse) {
  executor.failures["p.a"] = 2;
  EXPECT_EQ(run().code, ExitCode::passed);
  EXPECT_EQ(std::count(executor.done.begin(), executor.done.end(), "p.a/do"), 3);
}

TEST_F(SchedulerTest, StopsAtAnErrorThatNoRetryMends) {
  executor.failures["p.a"] = 1;
  executor.failure = Code::constraint;
  const RunEnd end = run();
  EXPECT_EQ(end.code, ExitCode::failed);
  EXPECT_THAT(executor.done, ElementsAre("p.a/do"));
  EXPECT_THAT(end.message, testing::HasSubstr("p.a"));
}

TEST_F(SchedulerTest, RollsBackToTheNamedNodeNewestFirstWhenAGateFails) {
  executor.failing = {"p.g"};
  plan.nodes[4].on_fail = workflow::OnFail{workflow::OnFail::Kind::rollback_to, "p"};
  EXPECT_EQ(run().code, ExitCode::rolled_back);
  ASSERT_EQ(executor.undone.size(), 3U);
  EXPECT_EQ(executor.undone.back(), "p.a");
  EXPECT_THAT(executor.undone, UnorderedElementsAre("p.a", "p.b", "p.c"));
  EXPECT_EQ(last.find("p.a")->generation, 2U);
}

TEST_F(SchedulerTest, GoesOnWhereTheJournalEnds) {
  executor.failures["p.b"] = 1;
  executor.failure = Code::constraint;
  EXPECT_EQ(run().code, ExitCode::failed);
  RunState state;
  for (const auto& event : journal.stored) apply(state, event);
  executor.done.clear();
  EXPECT_EQ(run(state).code, ExitCode::passed);
  EXPECT_EQ(std::count(executor.done.begin(), executor.done.end(), "p.a/do"), 0);
  EXPECT_EQ(std::count(executor.done.begin(), executor.done.end(), "p.b/do"), 1);
}

TEST_F(SchedulerTest, EndsInterruptedAndResumableOnRequest) {
  executor.stop_at = "p.a";
  EXPECT_EQ(run().code, ExitCode::interrupted);
  EXPECT_THAT(executor.done, ElementsAre("p.a/do"));
}

TEST_F(SchedulerTest, StartsNothingWhenTheJournalCannotBeWritten) {
  journal.fail_after = 0;
  EXPECT_THROW(run(), Error);
  EXPECT_THAT(executor.done, ElementsAre());
}

TEST_F(SchedulerTest, AsksForAStepWhoseEndIsUnknown) {
  plan.nodes[0].is_probed = true;
  RunState state;
  state.node("p.a").state = NodeState::running;
  state.node("p.a").in_doubt = {"do"};
  const RunEnd end = run(state);
  EXPECT_EQ(end.code, ExitCode::failed);
  EXPECT_THAT(end.message, testing::HasSubstr("--redo p.a"));
  EXPECT_THAT(executor.done, ElementsAre());
}

TEST_F(SchedulerTest, GoesOnBehindATaskThatAPersonSaysWasDone) {
  plan.nodes[0].is_probed = true;
  RunState state;
  state.node("p.a").state = NodeState::running;
  state.node("p.a").in_doubt = {"other"};
  options.assumed_done = {"p.a"};
  EXPECT_EQ(run(state).code, ExitCode::passed);
  EXPECT_EQ(std::count(executor.done.begin(), executor.done.end(), "p.a/do"), 1);
  EXPECT_TRUE(std::any_of(journal.stored.begin(), journal.stored.end(), [](const auto& event) { return event.kind == "task_done" && event.task == "other"; }));
}

TEST_F(SchedulerTest, NotesAnIntentNoEarlierThanItsTaskBegins) {
  plan.nodes[0].is_probed = true;
  EXPECT_EQ(run().code, ExitCode::passed);
  std::vector<std::string> kinds;
  for (const auto& event : journal.stored) {
    if (event.node == "p.a") kinds.push_back(event.kind);
  }
  EXPECT_THAT(kinds, ElementsAre("node_started", "tasks_planned", "task_started", "task_done", "node_passed"));
}

TEST(Backoff, GrowsUpToItsCapWithFullJitter) {
  std::mt19937_64 random(1);
  const workflow::Retry retry{5, std::chrono::milliseconds(100), std::chrono::milliseconds(1000)};
  for (int attempt = 1; attempt < 20; ++attempt) {
    const auto wait = backoff(retry, attempt, random).count();
    EXPECT_GE(wait, 1);
    EXPECT_LE(wait, std::min<int64_t>(1000, int64_t{100} << (attempt - 1)));
  }
}

TEST(RollbackNodes, NamesTheNearestForAnUnknownNode) {
  const plan::Plan plan = diamond();
  try {
    rollback_nodes(plan, {}, "p.bb");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean \"p.b\""));
  }
}

}  // namespace
}  // namespace sluice::run
