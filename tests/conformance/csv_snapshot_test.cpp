#include <filesystem>

#include "csv_store.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

class CsvSnapshot : public testing::Test {
 protected:
  CsvSnapshot() : store_(make()) {}

  store::Store make() {
    write_text(file(), "x,y\n1,2\n");
    return csv_store(directory_.path());
  }

  std::string file() const { return directory_ / "t.csv"; }

  TempDirectory directory_;
  store::Store store_;
};

TEST_F(CsvSnapshot, IsConfirmedWhileNothingChanges) {
  store::Session coordinator(store_);
  const std::string token = coordinator.snapshot_export();
  store::Session reader(store_);
  reader.snapshot_join(token);
  EXPECT_TRUE(coordinator.snapshot_confirm(token));
  EXPECT_EQ(rows_of(reader, "t"), (Rows{{"1", "2"}}));
  EXPECT_EQ(coordinator.source_state({}), reader.source_state({}));
}

TEST_F(CsvSnapshot, IsRefusedAfterAChange) {
  store::Session coordinator(store_);
  const std::string token = coordinator.snapshot_export();
  const std::string state = coordinator.source_state({});
  store::Session reader(store_);
  reader.snapshot_join(token);
  write_text(file(), "x,y\n1,3\n2,4\n");
  EXPECT_FALSE(coordinator.snapshot_confirm(token));
  store::Session late(store_);
  EXPECT_EQ(error_of([&] { late.snapshot_join(token); }).code(), Code::conflict);
  const Error error = error_of([&] { rows_of(reader, "t"); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), HasSubstr("t.csv: changed while it was read"));
  EXPECT_NE(coordinator.source_state({}), state);
}

TEST_F(CsvSnapshot, StateTellsAContentOfEqualSizeAndTime) {
  store::Session session(store_);
  const auto before = session.source_state({});
  const auto time = std::filesystem::last_write_time(file());
  write_text(file(), "x,y\n1,9\n");
  std::filesystem::last_write_time(file(), time);
  const store::Store other = csv_store(directory_.path());
  EXPECT_NE(store::Session(other).source_state({}), before);
}

TEST_F(CsvSnapshot, AFileThatGrowsInMidReadIsAnError) {
  std::string bytes = "x,y\n";
  for (int i = 0; i < 200000; ++i) bytes += std::to_string(i) + ",abcdefgh\n";
  write_text(file(), bytes);
  store::Session session(store_);
  const auto rows = session.read(whole_table(session, "t"));
  ASSERT_FALSE(rows->next().empty());
  write_text(file(), bytes + "1,2\n");
  const Error error = error_of([&] {
    while (!rows->next().empty()) {
    }
  });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), HasSubstr("changed while it was read"));
}

TEST_F(CsvSnapshot, ReadingEndsOnCancel) {
  std::string bytes = "x\n";
  for (int i = 0; i < 400000; ++i) bytes += "1234567890\n";
  write_text(file(), bytes);
  store::Session session(store_);
  const auto rows = session.read(whole_table(session, "t"));
  ASSERT_FALSE(rows->next().empty());
  session.cancel();
  const Error error = error_of([&] {
    while (!rows->next().empty()) {
    }
  });
  EXPECT_EQ(error.code(), Code::cancelled);
}

}  // namespace
}  // namespace sluice::test
