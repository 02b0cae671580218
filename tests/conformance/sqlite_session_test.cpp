#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "sqlite_store.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

Error open_error(const std::string& path, const std::string& access, store::Options more = {}) {
  const store::Store store = sqlite_store(path, access, std::move(more));
  return error_of([&] { store::Session session(store); });
}

TEST(SqliteSession, AnUnknownOptionIsNamedWithTheNearest) {
  const Error error = error_of([] { sqlite_store("/tmp/x.db", "read", {{"bussy_timeout", "1s"}}); });
  EXPECT_EQ(error.code(), Code::invalid_argument);
  EXPECT_THAT(error.what(), HasSubstr("bussy_timeout"));
  EXPECT_THAT(error.what(), HasSubstr("did you mean busy_timeout?"));
}

TEST(SqliteSession, OptionsMustHaveAMeaning) {
  EXPECT_EQ(error_of([] { sqlite_store("/tmp/x.db", "rw"); }).code(), Code::invalid_argument);
  EXPECT_EQ(error_of([] {
              sqlite_store("/tmp/x.db", "read", {{"busy_timeout", "5 parsecs"}});
            }).code(),
            Code::invalid_argument);
  EXPECT_EQ(error_of([] { sqlite_store(":memory:", "write"); }).code(), Code::invalid_argument);
  EXPECT_EQ(error_of([] { store::Store(sqlite_plugin(), "shop", {}); }).code(), Code::invalid_argument);
}

TEST(SqliteSession, AMissingSourceIsNotFoundAndNotMade) {
  const TempDirectory directory;
  const Error error = open_error(directory / "none.db", "read");
  EXPECT_EQ(error.code(), Code::not_found);
  EXPECT_THAT(error.what(), HasSubstr("none.db"));
  EXPECT_FALSE(std::filesystem::exists(directory / "none.db"));
}

TEST(SqliteSession, AMissingTargetIsLookedAtAsEmptyAndLeavesNothing) {
  const TempDirectory directory;
  const store::Store store = sqlite_store(directory / "new.db", "write");
  store::Session session(store);
  EXPECT_TRUE(session.catalog({}).tables.empty());
  EXPECT_FALSE(session.fence_look().exists);
  EXPECT_EQ(session.identity().id, "");
  EXPECT_FALSE(std::filesystem::exists(directory / "new.db"));
  store::Session other(store);
  other.execute("CREATE TABLE t (x)");
  EXPECT_EQ(session.catalog({}).tables.size(), 1U);
  EXPECT_EQ(session.identity().id, other.identity().id);
}

TEST(SqliteSession, AMissingTargetIsMadeForItsOwnerOnly) {
  const TempDirectory directory;
  const store::Store store = sqlite_store(directory / "new.db", "write");
  store::Session session(store);
  session.execute("CREATE TABLE t (x)");
  struct stat status {};
  ASSERT_EQ(::stat((directory / "new.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(open_error(directory / "other.db", "write", {{"create", "no"}}).code(), Code::not_found);
}

TEST(SqliteSession, WhatIsNotADatabaseIsRefusedByName) {
  const TempDirectory directory;
  write_text(directory / "letter.db", std::string(4096, 'x'));
  const Error error = open_error(directory / "letter.db", "read");
  EXPECT_EQ(error.code(), Code::invalid_argument);
  EXPECT_THAT(error.what(), HasSubstr("letter.db"));
  EXPECT_THAT(error.what(), HasSubstr("not a database"));
  EXPECT_EQ(open_error(directory.path(), "read").code(), Code::invalid_argument);
}

TEST(SqliteSession, AFileThatCannotBeReadOrWrittenIsAPermissionError) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const TempDirectory directory;
  run_sqlite(directory / "shop.db", "CREATE TABLE t (a)");
  ASSERT_EQ(::chmod((directory / "shop.db").c_str(), 0400), 0);
  EXPECT_EQ(open_error(directory / "shop.db", "write").code(), Code::permission);
  ASSERT_EQ(::chmod((directory / "shop.db").c_str(), 0), 0);
  EXPECT_EQ(open_error(directory / "shop.db", "read").code(), Code::permission);
}

TEST(SqliteSession, ReadingNeverWrites) {
  const TempDirectory directory;
  run_sqlite(directory / "shop.db", "CREATE TABLE t (a)");
  const store::Store store = sqlite_store(directory / "shop.db", "read");
  store::Session session(store);
  EXPECT_EQ(error_of([&] { session.execute("INSERT INTO t VALUES (1)"); }).code(), Code::permission);
  EXPECT_EQ(error_of([&] { session.fence_acquire(fence_request("r-1"), nullptr); }).code(), Code::permission);
  EXPECT_EQ(session.catalog({}).tables.size(), 1u);
}

TEST(SqliteSession, OneFileHasOneIdentityWhateverThePath) {
  const TempDirectory directory;
  run_sqlite(directory / "shop.db", "CREATE TABLE t (a)");
  run_sqlite(directory / "other.db", "CREATE TABLE t (a)");
  std::filesystem::create_symlink("shop.db", directory / "soft.db");
  std::filesystem::create_hard_link(directory / "shop.db", directory / "hard.db");
  const auto id = [&](const std::string& name) {
    const store::Store store = sqlite_store(directory / name, "read");
    return store::Session(store).identity().id;
  };
  EXPECT_EQ(id("shop.db"), id("soft.db"));
  EXPECT_EQ(id("shop.db"), id("hard.db"));
  EXPECT_NE(id("shop.db"), id("other.db"));
}

TEST(SqliteSession, ThePinAppearsWithTheFirstFenceAndStays) {
  const TempDirectory directory;
  Target target(directory / "new.db");
  const std::string pin = target.session.identity().pin;
  EXPECT_EQ(pin.size(), 36u);
  target.session.fence_acquire(fence_request("r-1"), nullptr);
  EXPECT_EQ(target.session.identity().pin, pin);
  const store::Store fresh = sqlite_store(directory / "fresh.db", "write");
  EXPECT_EQ(store::Session(fresh).identity().pin, "");
}

TEST(SqliteSession, TellsWhatItCanDo) {
  const TempDirectory directory;
  const store::Store store = sqlite_store(directory / "new.db", "write");
  const store::Capabilities can = store::Session(store).capabilities();
  EXPECT_EQ(can.max_writers, 1);
  EXPECT_TRUE(can.has(SLUICE_CAN_SNAPSHOT) && can.has(SLUICE_CAN_ATOMIC_LOAD) && can.has(SLUICE_CAN_TRANSACTIONAL_DDL));
  EXPECT_TRUE(can.has(SLUICE_HAS_LANGUAGE));
  EXPECT_FALSE(can.has(SLUICE_CAN_FINGERPRINT));
}

}  // namespace
}  // namespace sluice::test
