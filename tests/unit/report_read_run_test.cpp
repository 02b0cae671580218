#include "report/read_run.hpp"

#include <gtest/gtest.h>

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
