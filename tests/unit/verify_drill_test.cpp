#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "verify/drill.hpp"
#include "verify/sample.hpp"

namespace sluice::verify {
namespace {

KeyedRow row(uint64_t key, uint64_t value, int64_t times = 1) { return {{key, 0}, {value, 0}, times}; }

Findings compared(std::vector<KeyedRow> source, std::vector<KeyedRow> target, int64_t limit = 100) {
  Findings findings;
  compare_rows(source, target, limit, findings);
  return findings;
}

TEST(CompareRows, FindsNothingInEqualSetsOfAnyOrder) {
  const Findings findings = compared({row(1, 10), row(2, 20), row(2, 20)}, {row(2, 20), row(1, 10), row(2, 20)});
  EXPECT_TRUE(findings.empty());
  EXPECT_TRUE(findings.kept.empty());
}

TEST(CompareRows, TellsMissingExtraAndChangedApart) {
  const Findings findings = compared({row(1, 10), row(2, 20), row(3, 30)}, {row(2, 21), row(3, 30), row(4, 40)});
  EXPECT_EQ(findings.missing, 1);
  EXPECT_EQ(findings.changed, 1);
  EXPECT_EQ(findings.extra, 1);
  EXPECT_EQ(findings.duplicated, 0);
  ASSERT_EQ(findings.kept.size(), 3u);
  EXPECT_EQ(findings.kept[0].kind, DifferenceKind::missing);
  EXPECT_EQ(findings.kept[0].key.low, 1u);
  EXPECT_EQ(findings.kept[1].kind, DifferenceKind::changed);
  EXPECT_EQ(findings.kept[1].target_row.low, 21u);
  EXPECT_EQ(findings.kept[2].kind, DifferenceKind::extra);
}

TEST(CompareRows, CountsFurtherCopiesOfAKeyAsDuplicatedAndExtra) {
  const Findings findings = compared({row(1, 10)}, {row(1, 10), row(1, 10), row(1, 11)});
  EXPECT_EQ(findings.duplicated, 2);
  EXPECT_EQ(findings.extra, 2);
  EXPECT_EQ(findings.missing + findings.changed, 0);
}

TEST(CompareRows, MatchesSeveralRowsOfOneKeyAsASet) {
  const Findings findings = compared({row(1, 10), row(1, 11), row(1, 12)}, {row(1, 12), row(1, 13), row(1, 10)});
  EXPECT_EQ(findings.changed, 1);
  EXPECT_EQ(findings.kept[0].source_row.low, 11u);
  EXPECT_EQ(findings.kept[0].target_row.low, 13u);
}

TEST(CompareRows, CountsCopiesThatTheTargetLacksAsMissing) {
  const Findings findings = compared({row(7, 7, 5)}, {row(7, 7, 3)});
  EXPECT_EQ(findings.missing, 2);
  EXPECT_EQ(findings.extra, 0);
}

TEST(CompareRows, CountsAllAndKeepsTheFirst) {
  std::vector<KeyedRow> source;
  for (uint64_t i = 0; i < 1000; ++i) source.push_back(row(i, i));
  const Findings findings = compared(source, {}, 3);
  EXPECT_EQ(findings.missing, 1000);
  EXPECT_EQ(findings.kept.size(), 3u);
}

TEST(RunBoth, StopsTheOtherSideAndThrowsTheFirstError) {
  bool stopped = false;
  const auto endless = [&](const CheckCancelled& check) {
    try {
      for (;;) {
        check();
        std::this_thread::yield();
      }
    } catch (const Error&) {
      stopped = true;
      throw;
    }
  };
  const auto failing = [](const CheckCancelled&) { throw Error(Code::data, "row 7 is broken"); };
  try {
    run_both({}, endless, failing);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "row 7 is broken");
  }
  EXPECT_TRUE(stopped);
}

TEST(LargestUnseenRate, FollowsTheRuleOfThree) {
  EXPECT_NEAR(largest_unseen_rate(1000, 0.95), 0.0030, 0.00001);
  EXPECT_NEAR(largest_unseen_rate(3000, 0.95), 0.0010, 0.00001);
  EXPECT_EQ(largest_unseen_rate(0, 0.95), 1);
}

}  // namespace
}  // namespace sluice::verify
