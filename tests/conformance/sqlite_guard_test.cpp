#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sqlite_store.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

arrow::BatchBuilder integers(int64_t first, int64_t count) {
  arrow::BatchBuilder builder({{"x", {arrow::Kind::int64}}});
  for (int64_t i = 0; i < count; ++i) builder.column(0).append_int64(first + i);
  return builder;
}

class SqliteGuard : public testing::Test {
 protected:
  SqliteGuard() { run_sqlite(path(), "CREATE TABLE orders (x INTEGER)"); }

  std::string path() const { return directory_ / "shop.db"; }

  static void load(store::Session& session, arrow::BatchBuilder rows) {
    session.load({"", "orders", {"x"}}, std::make_unique<OneBatch>(rows));
  }

  int64_t count(const std::string& table = "orders") {
    const store::Store store = sqlite_store(path(), "read");
    return std::stoll(*store::Session(store).scalar("SELECT count(*) FROM " + table));
  }

  TempDirectory directory_;
};

TEST_F(SqliteGuard, DataAndLedgerRowCommitTogether) {
  Target target(path());
  store::WorkResult result;
  result.read = result.kept = 7;
  result.emitted = result.written = 7;
  result.f_src = {7, 0x1234567890abcdefu, 2, 3, 0xfedcba0987654321u};
  result.f_out = {7, 1, 2, 3, 4};
  result.bounds = R"({"lower":["1"]})";
  {
    store::Guard guard(target.session, target.fence, work_key("copy.rows", 3));
    ASSERT_FALSE(guard.already_done());
    load(target.session, integers(1, 7));
    guard.commit(result);
  }
  EXPECT_EQ(count(), 7);
  const auto row = target.session.guard_probe(work_key("copy.rows", 3));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->result.written, 7);
  EXPECT_EQ(row->result.bounds, result.bounds);
  EXPECT_EQ(store::to_text(row->result.f_src), store::to_text(result.f_src));
  EXPECT_EQ(store::to_text(row->result.f_out), store::to_text(result.f_out));
  EXPECT_EQ(row->epoch, target.fence.epoch);
  EXPECT_EQ(target.session.ledger_read("r-1").size(), 1u);
  EXPECT_EQ(target.session.ledger_read("r-1", "other").size(), 0u);
}

TEST_F(SqliteGuard, FinishedWorkIsNotDoneAgain) {
  Target target(path());
  target.guarded(work_key("copy.rows", 3), [&] { load(target.session, integers(1, 7)); });
  store::Guard again(target.session, target.fence, work_key("copy.rows", 3));
  EXPECT_TRUE(again.already_done());
  store::WorkKey next = work_key("copy.rows", 3);
  next.generation = 2;
  target.guarded(next, [] {});
}

TEST_F(SqliteGuard, AnAbortedGuardLeavesNothing) {
  Target target(path());
  {
    store::Guard guard(target.session, target.fence, work_key("copy.rows", 3));
    load(target.session, integers(1, 7));
    target.session.execute("CREATE TABLE more (y)");
  }
  EXPECT_EQ(count(), 0);
  EXPECT_FALSE(target.session.guard_probe(work_key("copy.rows", 3)).has_value());
  EXPECT_EQ(target.session.catalog({}).tables.size(), 1u);
}

TEST_F(SqliteGuard, CountsThatDoNotAddUpAreRefused) {
  Target target(path());
  store::Guard guard(target.session, target.fence, work_key("copy.rows", 3));
  store::WorkResult result;
  result.read = 2;
  result.kept = 1;
  const Error error = error_of([&] { guard.commit(result); });
  EXPECT_EQ(error.code(), Code::constraint);
  EXPECT_THAT(error.what(), HasSubstr("every row read is kept, filtered or rejected"));
}

TEST_F(SqliteGuard, AStaleFenceWritesNothing) {
  Target target(path());
  const store::Fence stale = target.fence;
  store::FenceRequest request = fence_request("r-2", 2000);
  request.take_over = true;
  target.session.fence_acquire(request, nullptr);
  const Error error = error_of([&] { store::Guard(target.session, stale, work_key("copy.rows", 3)); });
  EXPECT_EQ(error.code(), Code::conflict);
  EXPECT_EQ(error.sqlstate(), "SL001");
  EXPECT_THAT(error.what(), HasSubstr("r-2"));
  EXPECT_EQ(error_of([&] { target.session.fence_renew(stale, 1000); }).sqlstate(), "SL001");
  EXPECT_FALSE(target.session.guard_probe(work_key("copy.rows", 3)).has_value());
}

TEST_F(SqliteGuard, AHeldFenceIsRefusedWithItsHolder) {
  Target target(path());
  store::FenceHolder holder;
  const Error error = error_of([&] { target.session.fence_acquire(fence_request("r-2", 2000), &holder); });
  EXPECT_EQ(error.code(), Code::conflict);
  EXPECT_EQ(holder.run, "r-1");
  EXPECT_EQ(holder.host, "here");
  EXPECT_EQ(holder.pid, 1000);
  EXPECT_EQ(holder.pid_start, 77);
  EXPECT_EQ(holder.journal, "/state/r-1");
  EXPECT_EQ(holder.epoch, target.fence.epoch);
  EXPECT_GT(holder.lease_left_ms, 50000);
  EXPECT_FALSE(target.session.fence_look().is_free);
}

TEST_F(SqliteGuard, AHeldFenceIsNamedWhileItsHolderIsWriting) {
  Target target(path());
  store::Guard guard(target.session, target.fence, work_key("copy.rows", 3));
  load(target.session, integers(1, 7));
  const store::Store other = sqlite_store(path(), "write", {{"busy_timeout", "50ms"}});
  store::Session second(other);
  store::FenceHolder holder;
  EXPECT_EQ(error_of([&] { second.fence_acquire(fence_request("r-2", 2000), &holder); }).code(), Code::conflict);
  EXPECT_EQ(holder.run, "r-1");
}

TEST_F(SqliteGuard, AFreeFenceGoesToTheNextWithAHigherEpoch) {
  Target target(path());
  target.session.fence_release(target.fence);
  EXPECT_TRUE(target.session.fence_look().is_free);
  EXPECT_EQ(target.session.fence_look().run, "");
  EXPECT_EQ(target.session.fence_acquire(fence_request("r-2", 2000), nullptr), target.fence.epoch + 1);
  store::FenceRequest expired = fence_request("r-3", 3000);
  expired.take_over = true;
  expired.lease_ms = 0;
  target.session.fence_acquire(expired, nullptr);
  EXPECT_EQ(target.session.fence_acquire(fence_request("r-4", 4000), nullptr), target.fence.epoch + 3);
}

TEST_F(SqliteGuard, TheSameProcessMayAskAgain) {
  Target target(path());
  EXPECT_EQ(target.session.fence_acquire(fence_request("r-1"), nullptr), target.fence.epoch + 1);
}

TEST_F(SqliteGuard, ACommitKeepsTheLeaseAlive) {
  const store::Store store = sqlite_store(path(), "write");
  store::Session session(store);
  store::Fence fence{"r-1", session.fence_acquire(fence_request("r-1"), nullptr)};
  session.execute("UPDATE _sluice_fence SET lease_until = lease_until - 59000");
  ASSERT_LT(session.fence_look().lease_left_ms, 2000);
  {
    store::Guard guard(session, fence, work_key("copy.rows", 1));
    guard.commit({});
  }
  EXPECT_GT(session.fence_look().lease_left_ms, 50000);
}

TEST_F(SqliteGuard, WithoutAFenceThereIsNoGuard) {
  const store::Store store = sqlite_store(path(), "write");
  store::Session session(store);
  EXPECT_FALSE(session.fence_look().exists);
  EXPECT_EQ(error_of([&] { store::Guard(session, {"r-1", 1}, work_key("n")); }).sqlstate(), "SL001");
  EXPECT_EQ(error_of([&] { load(session, integers(1, 1)); }).code(), Code::invalid_argument);
  EXPECT_EQ(session.ledger_read("r-1").size(), 0u);
}

TEST_F(SqliteGuard, StatementsCannotEndTheGuard) {
  Target target(path());
  store::Guard guard(target.session, target.fence, work_key("sql"));
  for (const char* sql : {"COMMIT", "ROLLBACK", "END; INSERT INTO orders VALUES (1)", "ATTACH 'x.db' AS x"}) {
    EXPECT_EQ(error_of([&] { target.session.execute(sql); }).code(), Code::permission) << sql;
  }
  target.session.execute("SAVEPOINT s; INSERT INTO orders VALUES (1); RELEASE s");
  guard.commit({});
  EXPECT_EQ(count(), 1);
}

TEST_F(SqliteGuard, AStreamThatFailsIsTheLoadsError) {
  Target target(path());
  arrow::BatchBuilder rows = integers(1, 3);
  {
    store::Guard guard(target.session, target.fence, work_key("copy.rows", 3));
    auto failing = std::make_unique<OneBatch>(rows, Error(Code::data, "orders, row 9: no good"));
    const Error error = error_of([&] { target.session.load({"", "orders", {"x"}}, std::move(failing)); });
    EXPECT_EQ(error.code(), Code::data);
    EXPECT_THAT(error.what(), HasSubstr("row 9: no good"));
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(SqliteGuard, AWriterThatDiesLeavesNothingAndIsWaitedFor) {
  Target target(path());
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // An inherited connection must not be used: the child opens its own.
    const store::Store store = sqlite_store(path(), "write");
    store::Session session(store);
    store::Guard guard(session, target.fence, work_key("copy.rows", 3));
    load(session, integers(1, 200000));
    const char byte = 'x';
    if (::write(ready[1], &byte, 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  ::close(ready[0]);
  ::close(ready[1]);
  EXPECT_FALSE(target.session.guard_probe(work_key("copy.rows", 3)).has_value());
  EXPECT_EQ(count(), 0);
  target.guarded(work_key("copy.rows", 3), [&] { load(target.session, integers(1, 200000)); });
  EXPECT_EQ(count(), 200000);
}

TEST_F(SqliteGuard, ForgettingDeletesAllButTheGuardsOwnRow) {
  Target target(path());
  for (int64_t chunk = 0; chunk < 3; ++chunk) target.guarded(work_key("copy.rows", chunk), [] {});
  target.guarded(work_key("other"), [] {});
  store::WorkKey undo = work_key("copy.rows");
  undo.chunk = -2;
  target.guarded(undo, [&] { target.session.ledger_forget("r-1", "copy.rows", 1); });
  EXPECT_EQ(target.session.ledger_read("r-1", "copy.rows").size(), 1u);
  EXPECT_EQ(target.session.ledger_read("r-1").size(), 2u);
}

TEST_F(SqliteGuard, RetiringTheLastRunRemovesTheHome) {
  Target target(path());
  target.guarded(work_key("copy.rows", 1, "r-0"), [] {});
  target.guarded(work_key("copy.rows", 1), [] {});
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_EQ(target.session.ledger_read("r-1").size(), 0u);
  EXPECT_EQ(target.session.ledger_read("r-0").size(), 1u);
  target.session.ledger_retire(target.fence, "r-0");
  EXPECT_FALSE(target.session.fence_look().exists);
  EXPECT_EQ(*target.session.scalar("SELECT count(*) FROM sqlite_schema WHERE name LIKE '!_sluice%' ESCAPE '!'"), "0");
}

TEST_F(SqliteGuard, UndoDropsOnlyWhatTheRunCreatedAndStillIsTheSame) {
  Target target(path());
  const auto object = [](const char* kind, const char* name) {
    catalog::Statement made;
    made.kind = kind;
    made.name = name;
    made.table = "a";
    return made;
  };
  target.guarded(work_key("tables"), [&] {
    target.session.execute("CREATE TABLE a (x); CREATE TABLE b (x); CREATE INDEX ax ON a (x)");
    target.session.objects_record(
        {object("table", "a"), object("table", "b"), object("index", "ax"), object("sequence", "s")});
  });
  EXPECT_EQ(target.session.objects_list("r-1", "tables").size(), 3u);
  target.session.execute("DROP TABLE b; CREATE TABLE b (mine)");
  store::Session::Dropped result;
  target.guarded(work_key("undo"), [&] { result = target.session.objects_drop("r-1", "tables"); });
  EXPECT_THAT(result.dropped, testing::ElementsAre("index ax", "table a"));
  EXPECT_THAT(result.kept, testing::ElementsAre("table b"));
  EXPECT_EQ(target.session.catalog({}).tables.size(), 2u);  // orders and the other b
  EXPECT_EQ(target.session.objects_list("r-1", "tables").size(), 0u);
}

}  // namespace
}  // namespace sluice::test
