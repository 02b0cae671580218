#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "copy/halve.hpp"
#include "copy/rejects.hpp"

namespace sluice::copy {
namespace {

Reject reject(const std::string& reason) { return {RejectSide::target, {Code::constraint, "id=7", "", reason, R"({"id": "7"})"}}; }

TEST(FaultOfRows, IsOnlyWhatOneRowCanBeBlamedFor) {
  EXPECT_TRUE(is_fault_of_rows(Error(Code::data, "no number")));
  EXPECT_TRUE(is_fault_of_rows(Error(Code::constraint, "doubled key").with_sqlstate("23505")));
  EXPECT_FALSE(is_fault_of_rows(Error(Code::constraint, "disk full").with_sqlstate("53100"))) << "good rows would be rejected";
  EXPECT_FALSE(is_fault_of_rows(Error(Code::data, "too many").with_sqlstate(kTooManyRejects)));
  EXPECT_FALSE(is_fault_of_rows(Error(Code::conflict, "deadlock")));
}

TEST(Halve, BlamesExactlyTheRowsThatFail) {
  std::vector<int64_t> good;
  std::vector<int64_t> bad;
  const auto work = [&](Span span) {
    for (int64_t row = span.first; row < span.first + span.rows; ++row) {
      if (row % 333 == 7) throw Error(Code::data, "row " + std::to_string(row));
    }
    for (int64_t row = span.first; row < span.first + span.rows; ++row) good.push_back(row);
  };
  halve({0, 1000}, work, [&](int64_t row, const Error& error) {
    EXPECT_EQ(error.message(), "row " + std::to_string(row));
    bad.push_back(row);
  });
  EXPECT_EQ(bad, (std::vector<int64_t>{7, 340, 673}));
  EXPECT_EQ(good.size(), 997u);
  EXPECT_TRUE(std::is_sorted(good.begin(), good.end()));
}

TEST(Halve, LetsThroughWhatIsNoFaultOfARow) {
  int calls = 0;
  const auto work = [&](Span) {
    ++calls;
    throw Error(Code::unavailable, "gone");
  };
  EXPECT_THROW(halve({0, 8}, work, [](int64_t, const Error&) { FAIL(); }), Error);
  EXPECT_EQ(calls, 1);
}

TEST(RejectLimit, CountsWhatWasCommittedBeforeAndTakesBackWhatWasRolledBack) {
  RejectLimit limit(3, 1);
  limit.take(reject("one"));
  limit.take(reject("two"));
  try {
    limit.take(reject("one too many"));
    FAIL() << "was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.sqlstate(), kTooManyRejects);
    EXPECT_NE(error.message().find("one too many"), std::string::npos);
  }
  limit.give_back(2);
  limit.take(reject("again"));
}

}  // namespace
}  // namespace sluice::copy
