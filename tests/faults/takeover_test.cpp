#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "scenarios/project.hpp"
#include "scenarios/stalled_run.hpp"
#include "support/dump.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

using std::chrono::steady_clock;
using testing::AllOf;
using testing::HasSubstr;

std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

TEST(TakeOver, ASecondEngineIsRefusedAndToldWhoHoldsTheTarget) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  const std::string run = stalled.project().run();
  const auto names_holder =
      AllOf(HasSubstr(run), HasSubstr(host_name()), HasSubstr("pid " + std::to_string(stalled.program().pid())));
  Project other(stalled.url());
  make_small_shop(other / "shop.db");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"run", "shop.lua"}, std::vector<std::string>{"run", "shop.lua", "--new"}}) {
    const Ending ending = other.sluice(arguments);
    EXPECT_EQ(ending.code, 7) << ending.out << ending.err;
    EXPECT_THAT(ending.err, names_holder);
    EXPECT_EQ(other.runs().size(), 0U);
  }
  const Ending resumed = stalled.project().sluice({"resume", run});
  EXPECT_EQ(resumed.code, 7) << resumed.out << resumed.err;
  EXPECT_THAT(resumed.err, names_holder);
  stalled.release();
  const Ending ending = stalled.program().wait();
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(stalled.is_complete());
}

TEST(TakeOver, AfterAKillIsImmediate) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled({}, {"--lease", "3600"});
  stalled.kill();
  const Ending ending = stalled.project().sluice({"resume"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(stalled.is_complete());
}

TEST(TakeOver, OfAStoppedWriterInsideCopyWaitsForItsLeaseAndTheWriterDoesNoHarmLater) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled({}, {"--lease", "3"});
  stalled.program().signal(SIGSTOP);
  stalled.release();  // its server process is inside COPY now and waits for rows
  const auto begun = steady_clock::now();
  Ending ending = stalled.project().sluice({"resume", "--keep-ledger"});
  EXPECT_EQ(ending.code, 7) << "the lease was not over: " << ending.out << ending.err;
  while (ending.code == 7 && steady_clock::now() - begun < std::chrono::seconds(30)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    ending = stalled.project().sluice({"resume", "--keep-ledger"});
  }
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(stalled.is_complete());
  const std::string dump = dump_postgres(stalled.url(), "shop");

  stalled.program().signal(SIGCONT);
  const Ending first = stalled.program().wait();
  EXPECT_EQ(first.code, 7) << first.out << first.err;
  EXPECT_EQ(dump_postgres(stalled.url(), "shop"), dump);
  EXPECT_EQ(stalled.project().sluice({"report", stalled.project().run()}).code, 0);
}

TEST(TakeOver, WhileTheStoppedWritersLedgerIsGoneAlreadyDoesNoHarmEither) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled({}, {"--lease", "1"});
  stalled.program().signal(SIGSTOP);
  stalled.release();
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  const Ending ending = stalled.project().sluice({"resume"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  const std::string dump = dump_postgres(stalled.url(), "shop");
  stalled.program().signal(SIGCONT);
  EXPECT_EQ(stalled.program().wait().code, 7) << stalled.program().err();
  EXPECT_EQ(dump_postgres(stalled.url(), "shop"), dump);
}

}  // namespace
}  // namespace sluice::test
