#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "sqlite_store.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;

class SqliteSnapshot : public testing::TestWithParam<const char*> {
 protected:
  SqliteSnapshot() {
    make_file();
    store_.reset(new store::Store(sqlite_store(path(), "read")));
  }

  void make_file() {
    const store::Store store = sqlite_store(path(), "write");
    store::Session session(store);
    session.execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    session.scalar(std::string("PRAGMA journal_mode = ") + GetParam());
  }

  std::string path() const { return directory_ / "shop.db"; }

  TempDirectory directory_;
  std::unique_ptr<store::Store> store_;
};

TEST_P(SqliteSnapshot, ReadersThatJoinedUndisturbedAreConfirmed) {
  store::Session coordinator(*store_);
  const std::string token = coordinator.snapshot_export();
  store::Session one(*store_);
  store::Session two(*store_);
  one.snapshot_join(token);
  two.snapshot_join(token);
  EXPECT_TRUE(coordinator.snapshot_confirm(token));
  EXPECT_EQ(read_rows(one, "t", {"x"}, {{arrow::Kind::int64}}), read_rows(two, "t", {"x"}, {{arrow::Kind::int64}}));
}

TEST_P(SqliteSnapshot, AWriterBetweenTheReadersIsDetected) {
  store::Session coordinator(*store_);
  const std::string token = coordinator.snapshot_export();
  run_sqlite(path(), "INSERT INTO t VALUES (2)");
  store::Session late(*store_);
  late.snapshot_join(token);
  EXPECT_FALSE(coordinator.snapshot_confirm(token));
}

TEST_P(SqliteSnapshot, OnlyTheCoordinatorMayConfirm) {
  store::Session coordinator(*store_);
  const std::string token = coordinator.snapshot_export();
  store::Session reader(*store_);
  reader.snapshot_join(token);
  EXPECT_EQ(error_of([&] { reader.snapshot_confirm(token); }).code(), Code::invalid_argument);
  EXPECT_EQ(error_of([&] { coordinator.snapshot_confirm("garbage"); }).code(), Code::invalid_argument);
}

TEST_P(SqliteSnapshot, AnotherFileCannotBeJoined) {
  store::Session coordinator(*store_);
  const std::string token = coordinator.snapshot_export();
  std::filesystem::copy_file(path(), directory_ / "copy.db");
  const store::Store copy = sqlite_store(directory_ / "copy.db", "read");
  store::Session reader(copy);
  EXPECT_EQ(error_of([&] { reader.snapshot_join(token); }).code(), Code::conflict);
}

TEST_P(SqliteSnapshot, TheStateChangesWithEveryWriteAndNotWithReading) {
  store::Session session(*store_);
  const std::string before = session.source_state({});
  read_rows(session, "t", {"x"}, {{arrow::Kind::text}});
  EXPECT_EQ(session.source_state({}), before);
  EXPECT_EQ(store::Session(*store_).source_state({}), before);
  run_sqlite(path(), "UPDATE t SET x = x + 1");
  const std::string after = session.source_state({});
  EXPECT_NE(after, before);
  const json state = json::parse(after);
  for (const auto& [name, value] : state.items()) EXPECT_TRUE(value.is_string()) << name;
}

TEST_P(SqliteSnapshot, AReaderSeesOneStateUntilItIsClosed) {
  if (std::string(GetParam()) != "WAL") GTEST_SKIP() << "a reader keeps writers out in this journal mode";
  store::Session coordinator(*store_);
  const std::string token = coordinator.snapshot_export();
  store::Session reader(*store_);
  reader.snapshot_join(token);
  ASSERT_TRUE(coordinator.snapshot_confirm(token));
  run_sqlite(path(), "INSERT INTO t VALUES (2)");
  EXPECT_EQ(read_rows(reader, "t", {"x"}, {{arrow::Kind::text}}).size(), 1u);
  EXPECT_EQ(read_rows(coordinator, "t", {"x"}, {{arrow::Kind::text}}).size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(JournalModes, SqliteSnapshot, testing::Values("DELETE", "WAL"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace sluice::test
