#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "scenarios/stalled_run.hpp"

namespace sluice::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(SecondEngine, OnTheSameTargetIsRefusedWithTheHoldersRunAndPid) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled;
  Project& project = stalled.project();
  const std::string run = project.run();
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 7) << ending.out << ending.err;
  EXPECT_THAT(ending.err, AllOf(HasSubstr(run), HasSubstr("pid " + std::to_string(stalled.program().pid())), HasSubstr("host")));
  const Ending resume = project.sluice({"resume", run});
  EXPECT_EQ(resume.code, 7) << resume.out << resume.err;
  EXPECT_EQ(project.runs().size(), 1U);
  stalled.release();
  EXPECT_EQ(stalled.program().wait().code, 0) << stalled.program().err();
  EXPECT_TRUE(stalled.is_complete());
}

TEST(StoppedEngine, IsFencedOffAfterItsLeaseAndDoesNoHarmWhenContinued) {
  SLUICE_REQUIRE_POSTGRES();
  StalledRun stalled({}, {"--lease", "1"});
  Project& project = stalled.project();
  const std::string run = project.run();
  ASSERT_EQ(::kill(stalled.program().pid(), SIGSTOP), 0);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  stalled.release();
  Ending resume = project.sluice({"resume", run});
  while (resume.code == 7 && std::chrono::steady_clock::now() < deadline) resume = project.sluice({"resume", run});
  EXPECT_EQ(resume.code, 0) << resume.out << resume.err;
  EXPECT_TRUE(stalled.is_complete());
  ASSERT_EQ(::kill(stalled.program().pid(), SIGCONT), 0);
  EXPECT_NE(stalled.program().wait().code, 0) << stalled.program().err();
  EXPECT_TRUE(stalled.is_complete());
}

}  // namespace
}  // namespace sluice::test
