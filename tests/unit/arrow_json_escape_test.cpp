#include "arrow/json_escape.hpp"

#include <gtest/gtest.h>

#include <string>

#include "arrow/canonical.hpp"

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

TEST(JsonEscape, HalfOfAPairHasBytesOfItsOwnAndIsNotWhatEveryStoreTakes) {
  const auto canonical = [](const char* json) {
    CanonicalWriter out;
    EXPECT_TRUE(append_canonical_json(out, json)) << json;
    return std::string(out.data(), out.size());
  };
  EXPECT_EQ(canonical(R"(["\ud83d"])"), canonical(R"([ "\uD83D" ])"));
  EXPECT_NE(canonical(R"(["\ud83d"])"), canonical(R"(["\ud83e"])"));
  EXPECT_EQ(canonical(R"(["\ud83e\udd86"])"), canonical(R"(["🦆"])"));
  EXPECT_NE(canonical(R"(["\ud83d\u0041"])"), canonical(R"(["\ud83d"])"));
  EXPECT_FALSE(is_json(R"(["\ud83d"])"));
  EXPECT_TRUE(is_json(R"(["\ud83e\udd86", 1e400])"));
}

}  // namespace
}  // namespace sluice::arrow
