#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "faults/siege.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

using std::chrono::steady_clock;

/// Kills until `wanted` have hit copying or finishing; without $SLUICE_KILLS stops when the time is over.
void besiege(Target target, int wanted, std::chrono::seconds time) {
  const std::uint64_t seed = seed_of_day();
  SCOPED_TRACE("SLUICE_SEED=" + std::to_string(seed));
  const bool is_timed = kills_wanted() == 0;
  const auto deadline = steady_clock::now() + time;
  Siege siege(target, seed);
  while (!testing::Test::HasFailure() && siege.toll().counted() < wanted) {
    if (is_timed && steady_clock::now() > deadline) break;
    if (!siege.assault()) break;
  }
  const Toll& toll = siege.toll();
  std::printf("%d workflows, killed while copying %d, finishing %d, before %d, after %d; wrong: %d\n", toll.workflows,
              toll.copying, toll.finishing, toll.early, toll.late, testing::Test::HasFailure() ? 1 : 0);
  EXPECT_GE(toll.counted(), std::min(wanted, 5)) << "too few kills to mean anything";
}

TEST(Kill, AnywhereLeavesPostgresAsIfNothingHadHappened) {
  SLUICE_REQUIRE_POSTGRES();
  besiege(Target::postgres, kills_wanted() > 0 ? kills_wanted() : 40, std::chrono::seconds(60));
}

TEST(Kill, AnywhereLeavesSqliteAsIfNothingHadHappened) {
  besiege(Target::sqlite, kills_wanted() > 0 ? std::max(1, kills_wanted() / 4) : 15, std::chrono::seconds(25));
}

/// DDL commits by itself there: tables are made, and found again after a kill, one by one.
TEST(Kill, AnywhereLeavesMySqlAsIfNothingHadHappened) {
  SLUICE_REQUIRE_MYSQL();
  besiege(Target::mysql, kills_wanted() > 0 ? kills_wanted() : 20, std::chrono::seconds(30));
}

}  // namespace
}  // namespace sluice::test
