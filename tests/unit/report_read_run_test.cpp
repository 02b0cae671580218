#include "report/read_run.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "journal_support.hpp"
#include "report_support.hpp"

namespace sluice::report {
namespace {

using journal::append_one;
using journal::make_event;

TEST(ReadRun, TellsALiveRunFromAKilledOne) {
  const journal::TestDirectory directory;
  const std::string path = directory.file("journal.db");
  {
    const auto writer = journal::open_journal(path);
    append_one(*writer, started_shop().events().front());
    EXPECT_EQ(read_run(path, "r-1").status, RunStatus::running);
  }
  EXPECT_EQ(read_run(path, "r-1").status, RunStatus::killed);
  EXPECT_EQ(read_run(path, "r-1").run, "r-7f2a10");
}

/// A look at the lock that finds it free, after `events` were written by an engine that then went.
std::function<bool()> engine_that_goes_after(const std::string& path, std::vector<journal::Event> events) {
  return [path, events = std::move(events)]() mutable {
    const auto writer = journal::open_journal(path);
    for (const journal::Event& event : std::exchange(events, {})) append_one(*writer, event);
    return false;
  };
}

journal::Event event_of(const char* kind, const std::string& data) { return History().add(kind, "", data).events().front(); }

TEST(ReadRun, SeesAnEndThatIsWrittenBetweenTheEventsAndTheLookAtTheLock) {
  const journal::TestDirectory directory;
  const std::string path = directory.file("journal.db");
  append_one(*journal::open_journal(path), started_shop().events().front());
  const auto end = event_of(journal::kind::run_ended, R"({"status": "passed", "exit_code": 0, "resumable": false})");

  const RunSummary summary = read_run(*journal::read_journal(path), engine_that_goes_after(path, {end}), "r-1");

  EXPECT_EQ(summary.status, RunStatus::passed);
  EXPECT_EQ(summary.exit_code, 0);
}

TEST(ReadRun, SeesAnEngineThatTakesTheRunUpAndIsKilledWhileItLooks) {
  const journal::TestDirectory directory;
  const std::string path = directory.file("journal.db");
  append_one(*journal::open_journal(path), started_shop().events().front());
  const auto end = event_of(journal::kind::run_ended, R"({"status": "interrupted", "exit_code": 130, "resumable": true})");
  const auto resumed = event_of(journal::kind::run_resumed, R"({"process": {"host": "b", "pid": 7}, "reason": "resume"})");

  const RunSummary summary = read_run(*journal::read_journal(path), engine_that_goes_after(path, {end, resumed}), "r-1");

  EXPECT_EQ(summary.status, RunStatus::killed);
  EXPECT_EQ(summary.processes, 2);
  EXPECT_EQ(summary.exit_code, std::nullopt);
}

TEST(ReadRun, NamesARunThatWasKilledBeforeItsFirstEvent) {
  const journal::TestDirectory directory;
  const std::string path = directory.file("journal.db");
  journal::open_journal(path).reset();

  const RunSummary summary = read_run(path, "r-1");

  EXPECT_EQ(summary.run, "r-1");
  EXPECT_EQ(summary.status, RunStatus::not_started);
}

}  // namespace
}  // namespace sluice::report
