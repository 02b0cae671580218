#include "arrow/json_escape.hpp"

#include <gtest/gtest.h>

namespace sluice::arrow {
namespace {

TEST(JsonEscape, ANulIsFoundOnlyWhereTheBackslashBeginsAnEscape) {
  EXPECT_TRUE(has_escaped_nul(R"(["a\u0000"])"));
  EXPECT_TRUE(has_escaped_nul(R"(["\\\u0000"])"));
  EXPECT_FALSE(has_escaped_nul(R"(["\\u0000"])"));
  EXPECT_FALSE(has_escaped_nul(R"(["\u0001", "u0000"])"));
  EXPECT_FALSE(has_escaped_nul(""));
  EXPECT_FALSE(has_escaped_nul(R"("\u00)"));
}

TEST(JsonEscape, HalfOfAPairIsToldFromAWholeOne) {
  EXPECT_TRUE(has_half_pair(R"("\ud83d")"));
  EXPECT_TRUE(has_half_pair(R"("\udd86")"));
  EXPECT_TRUE(has_half_pair(R"("\ud83d\ud83d\udd86")"));
  EXPECT_TRUE(has_half_pair(R"("\ud83d \udd86")"));
  EXPECT_FALSE(has_half_pair(R"("\ud83e\udd86")"));
  EXPECT_FALSE(has_half_pair(R"("\\ud83d")"));
  EXPECT_FALSE(has_half_pair(R"("\uD83E\uDD86\u00e9")"));
}

}  // namespace
}  // namespace sluice::arrow
