#include "base/units.hpp"

#include <gtest/gtest.h>

namespace {

using namespace sluice;

std::optional<int64_t> millis(std::string_view text) {
  const auto duration = duration_from_text(text);
  return duration ? std::optional<int64_t>(duration->count()) : std::nullopt;
}

}  // namespace

TEST(Durations, AreReadWithTheirUnits) {
  EXPECT_EQ(millis("500ms"), 500);
  EXPECT_EQ(millis("2s"), 2000);
  EXPECT_EQ(millis("1.5h"), 5'400'000);
  EXPECT_EQ(millis("1h30m"), 5'400'000);
  EXPECT_EQ(millis("4h"), 14'400'000);
  EXPECT_EQ(millis("2d"), 172'800'000);
  EXPECT_EQ(millis("0"), 0);
}

TEST(Durations, RefuseWhatIsNone) {
  for (const char* text :
       {"", "5", "s", "5 s", "5x", "-5s", "5s5s", "5m1h", "1..5s", ".5s", "5.s", "99999999999999999d", "1e3s"}) {
    EXPECT_EQ(millis(text), std::nullopt) << text;
  }
}

TEST(Durations, AreWrittenSoThatTheyReadBack) {
  EXPECT_EQ(duration_to_text(std::chrono::milliseconds(850)), "850ms");
  EXPECT_EQ(duration_to_text(std::chrono::milliseconds(2500)), "2.5s");
  EXPECT_EQ(duration_to_text(std::chrono::minutes(65)), "1h5m");
  EXPECT_EQ(duration_to_text(std::chrono::seconds(90)), "1m30s");
  EXPECT_EQ(duration_to_text(std::chrono::hours(49)), "2d1h");
  for (const int64_t whole : {0, 1, 999, 1000, 2500, 59'999, 60'000, 90'000, 5'400'000, 90'000'000}) {
    EXPECT_EQ(millis(duration_to_text(std::chrono::milliseconds(whole))), whole);
  }
}

TEST(Sizes, AreReadInBinaryAndDecimalUnits) {
  EXPECT_EQ(size_from_text("512"), 512);
  EXPECT_EQ(size_from_text("64MiB"), 64 << 20);
  EXPECT_EQ(size_from_text("10 MB"), 10'000'000);
  EXPECT_EQ(size_from_text("1.5gib"), 1'610'612'736);
  for (const char* text : {"", "MB", "-1", "1 XB", "1MB2", "9999999999TiB"})
    EXPECT_EQ(size_from_text(text), std::nullopt) << text;
}

TEST(Sizes, AreWrittenForPeople) {
  EXPECT_EQ(size_to_text(512), "512 bytes");
  EXPECT_EQ(size_to_text(1536), "1.5 KiB");
  EXPECT_EQ(size_to_text(64 << 20), "64 MiB");
}

TEST(Counts, AreGroupedByThousands) {
  EXPECT_EQ(count_to_text(0), "0");
  EXPECT_EQ(count_to_text(999), "999");
  EXPECT_EQ(count_to_text(1000), "1,000");
  EXPECT_EQ(count_to_text(2'000'000), "2,000,000");
  EXPECT_EQ(count_to_text(-123'456), "-123,456");
}
