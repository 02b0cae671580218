#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "faults/siege.hpp"
#include "support/dump.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

using std::chrono::steady_clock;

constexpr int kMostWorkflows = 60;

/// The same killing and the same judgement as for the engine, over copiers that are known to be wrong.
class NaiveSiege {
 public:
  explicit NaiveSiege(const std::string& order) : order_(order), killer_(seed_of_day()) {
    const auto start = steady_clock::now();
    Program program = begin();
    EXPECT_EQ(program.wait().code, 0) << program.err();
    window_ = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start);
    expected_ = dump();
  }

  /// Killed again and again until it is through; whether the rows are right then.
  bool is_right_after_kills() {
    PgSession(database_.url()).execute("truncate naive.rows, naive.ledger");
    for (int kills = 0; kills < 8; ++kills) {
      Program program = begin();
      if (killer_.strike(program, "begun", window_).signal == SIGKILL) continue;
      // It was through before: measured in a slow minute, the window would let every copier get away.
      window_ = std::max(window_ * 3 / 4, std::chrono::microseconds(2000));
      break;
    }
    Program program = begin();
    EXPECT_EQ(program.wait().code, 0) << program.err();
    return dump() == expected_;
  }

  int wrong_of(int workflows) {
    int wrong = 0;
    for (int i = 0; i < workflows; ++i) wrong += is_right_after_kills() ? 0 : 1;
    return wrong;
  }

  /// How many workflows it took until one was wrong; 0: none was.
  int first_wrong() {
    for (int i = 1; i <= kMostWorkflows; ++i) {
      if (!is_right_after_kills()) return i;
    }
    return 0;
  }

  long long rows() const { return PgSession(database_.url()).number("select count(*) from naive.rows"); }

 private:
  Program begin() const { return {NAIVE_COPIER, {order_, database_.url()}}; }
  std::string dump() const { return dump_postgres(database_.url(), "naive"); }

  std::string order_;
  TestDatabase database_;
  Killer killer_;
  std::chrono::microseconds window_{};
  std::string expected_;
};

TEST(NaiveCopier, ThatCommitsDataBeforeItsLedgerIsCaughtDoublingRows) {
  SLUICE_REQUIRE_POSTGRES();
  NaiveSiege siege("data_first");
  ASSERT_NE(siege.first_wrong(), 0) << "the kill test would let a wrong engine pass";
  EXPECT_GT(siege.rows(), 8000);
}

TEST(NaiveCopier, ThatWritesItsLedgerBeforeTheDataIsCaughtLosingRows) {
  SLUICE_REQUIRE_POSTGRES();
  NaiveSiege siege("ledger_first");
  ASSERT_NE(siege.first_wrong(), 0) << "the kill test would let a wrong engine pass";
  EXPECT_LT(siege.rows(), 8000);
}

TEST(NaiveCopier, ThatCommitsBothTogetherIsNeverWrong) {
  SLUICE_REQUIRE_POSTGRES();
  EXPECT_EQ(NaiveSiege("together").wrong_of(8), 0);
}

}  // namespace
}  // namespace sluice::test
