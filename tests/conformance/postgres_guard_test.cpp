#include <gmock/gmock.h>

#include <thread>

#include "conformance/postgres_store.hpp"

namespace sluice::test {
namespace {

store::WorkResult five_rows() {
  store::WorkResult result;
  result.read = result.kept = result.emitted = result.written = 5;
  result.f_src = {5, 1, 2, 3, 4};
  result.f_out = {5, 6, 7, 8, 9};
  result.bounds = R"({"key":["id"],"lower":["1"]})";
  return result;
}

TEST(PostgresGuard, CommitsDataAndLedgerRowTogether) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  EXPECT_TRUE(target.guarded(
      work_key("copy.rows", 3), [&] { target.load(1, 5); }, five_rows()));
  EXPECT_EQ(target.side.number("SELECT count(*) FROM t"), 5);
  const auto rows = target.session->ledger_read("r-1");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].key.node, "copy.rows");
  EXPECT_EQ(rows[0].key.chunk, 3);
  EXPECT_EQ(rows[0].result.written, 5);
  EXPECT_EQ(rows[0].result.bounds, five_rows().bounds);
  EXPECT_EQ(rows[0].epoch, target.fence.epoch);
  EXPECT_EQ(store::to_text(rows[0].result.f_src), store::to_text(five_rows().f_src));
  EXPECT_EQ(store::to_text(rows[0].result.f_out), store::to_text(five_rows().f_out));
}

TEST(PostgresGuard, SkipsWorkThatTheLedgerHas) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  EXPECT_TRUE(target.guarded(work_key("copy.rows", 0), [&] { target.load(1, 5); }));
  EXPECT_FALSE(target.guarded(work_key("copy.rows", 0), [] { FAIL() << "the work must not run"; }));
  EXPECT_TRUE(target.guarded(work_key("copy.rows", 1), [&] { target.load(6, 5); }));
  EXPECT_EQ(target.side.number("SELECT count(*) FROM t"), 10);
}

TEST(PostgresGuard, LeavesNothingBehindWhenItIsNotCommitted) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  {
    store::Guard guard(*target.session, target.fence, work_key("copy.rows", 0));
    target.load(1, 5000);
  }
  EXPECT_EQ(target.side.number("SELECT count(*) FROM t"), 0);
  EXPECT_FALSE(target.session->guard_probe(work_key("copy.rows", 0)).has_value());
  EXPECT_TRUE(target.guarded(work_key("copy.rows", 0), [&] { target.load(1, 5); }));
}

TEST(PostgresGuard, RefusesAStaleFence) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  const store::Fence old = target.fence;
  target.fence.epoch = target.session->fence_acquire(fence_request("r-1", true), nullptr);
  EXPECT_GT(target.fence.epoch, old.epoch);
  const Error error = error_of([&] { store::Guard(*target.session, old, work_key("copy.rows")); });
  EXPECT_EQ(error.code(), Code::conflict);
  EXPECT_EQ(error.sqlstate(), "SL001");
  EXPECT_TRUE(target.guarded(work_key("copy.rows"), [] {}));
}

TEST(PostgresGuard, RefusesATargetWhoseFenceIsGone) {
  SLUICE_REQUIRE_POSTGRES();
  TestDatabase database;
  const auto store = postgres_store(database.url());
  const auto session = store.open_session();
  const Error error = error_of([&] { store::Guard(*session, {"r-1", 1}, work_key("copy.rows")); });
  EXPECT_EQ(error.sqlstate(), "SL001");
}

TEST(PostgresGuard, MakesTheSecondOfTwoWithOneKeyWaitAndSkip) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  auto first = std::make_unique<store::Guard>(*target.session, target.fence, work_key("copy.rows", 7));
  target.load(1, 5);
  bool second_done = false;
  std::thread second([&] {
    const auto session = target.store.open_session();
    second_done = store::Guard(*session, target.fence, work_key("copy.rows", 7)).already_done();
  });
  while (target.side.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == 0) {
  }
  first->commit({});
  second.join();
  EXPECT_TRUE(second_done);
}

TEST(PostgresGuard, LetsTheSecondOfTwoWorkWhenTheFirstRollsBack) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  auto first = std::make_unique<store::Guard>(*target.session, target.fence, work_key("copy.rows", 7));
  bool second_done = true;
  std::thread second([&] {
    const auto session = target.store.open_session();
    second_done = store::Guard(*session, target.fence, work_key("copy.rows", 7)).already_done();
  });
  while (target.side.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == 0) {
  }
  first.reset();
  second.join();
  EXPECT_FALSE(second_done);
}

TEST(PostgresGuard, IsUnavailableWhenTheConnectionIsLostInMidLoad) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  const auto kill_writers = [&](int64_t batch) {
    if (batch == 50) target.side.execute("SELECT pg_terminate_backend(backend_pid) FROM sluice.writers");
  };
  const Error error = error_of([&] {
    target.guarded(work_key("copy.rows", 0), [&] {
      target.session->load({"", "t", {}}, std::make_unique<NumberedRows>(1, 500'000, kill_writers));
    });
  });
  EXPECT_EQ(error.code(), Code::unavailable) << error.what();
  EXPECT_EQ(target.side.number("SELECT count(*) FROM t"), 0);
  EXPECT_TRUE(target.guarded(work_key("copy.rows", 0), [&] { target.load(1, 5); })) << "the session reconnects";
}

TEST(PostgresGuard, IsUnavailableWhenTheConnectionIsLostBeforeCommitIsSent) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  const Error error = error_of([&] {
    target.guarded(work_key("copy.rows", 0), [&] {
      target.load(1, 5);
      target.side.execute("SELECT pg_terminate_backend(backend_pid) FROM sluice.writers");
      while (target.side.number(
                 "SELECT count(*) FROM pg_stat_activity a JOIN sluice.writers w ON a.pid = w.backend_pid") > 0) {
      }
    });
  });
  EXPECT_EQ(error.code(), Code::unavailable) << error.what();
  EXPECT_FALSE(target.session->guard_probe(work_key("copy.rows", 0)).has_value());
}

TEST(PostgresGuard, IsInDoubtWhenTheConnectionIsLostInsideCommit) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  // A deferred trigger runs inside COMMIT and ends its own backend.
  target.side.execute(
      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
      "die()");
  const Error error = error_of([&] { target.guarded(work_key("copy.rows", 0), [&] { target.load(1, 1); }); });
  EXPECT_EQ(error.code(), Code::in_doubt) << error.what();
  EXPECT_FALSE(target.session->guard_probe(work_key("copy.rows", 0)).has_value());
  EXPECT_EQ(target.side.number("SELECT count(*) FROM t"), 0);
}

TEST(PostgresGuard, ReportsADeferredConstraintAndCommitsNothing) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute("CREATE TABLE child (id bigint, parent bigint REFERENCES t DEFERRABLE INITIALLY DEFERRED)");
  const Error error = error_of(
      [&] { target.guarded(work_key("fix"), [&] { target.session->execute("INSERT INTO child VALUES (1, 99)"); }); });
  EXPECT_EQ(error.code(), Code::constraint) << error.what();
  EXPECT_FALSE(target.session->guard_probe(work_key("fix")).has_value());
}

TEST(PostgresGuard, ProbeFindsTheRowAfterItsCommit) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.guarded(
      work_key("copy.rows", 2), [&] { target.load(1, 5); }, five_rows());
  const auto row = target.session->guard_probe(work_key("copy.rows", 2));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->result.written, 5);
  EXPECT_EQ(row->result.bounds, five_rows().bounds);
}

TEST(PostgresGuard, RunsSqlInItsOwnTransaction) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  {
    store::Guard guard(*target.session, target.fence, work_key("fix"));
    EXPECT_EQ(target.session->execute("INSERT INTO t VALUES (1, 'a'); INSERT INTO t VALUES (2, 'b')"), 2);
    EXPECT_EQ(target.session->execute("UPDATE t SET note = $2 WHERE id = $1", {"1", std::nullopt}), 1);
    EXPECT_EQ(target.session->scalar("SELECT count(*) FROM t").value(), "2");
  }
  EXPECT_EQ(target.side.number("SELECT count(*) FROM t"), 0);
}

TEST(PostgresGuard, RefusesSqlThatWouldEndItsTransaction) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  for (const char* sql : {"COMMIT", "INSERT INTO t VALUES (1); /* ; */ commit; SELECT 1", "-- x\nROLLBACK", "end"}) {
    const Error error = error_of([&] { target.guarded(work_key("fix"), [&] { target.session->execute(sql); }); });
    EXPECT_EQ(error.code(), Code::invalid_argument) << sql << ": " << error.what();
  }
  const char* harmless =
      "INSERT INTO t VALUES (1, 'a; COMMIT; b'), (2, $x$; ROLLBACK; $x$), (3, E'\\'; COMMIT;');"
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;"
      "DO $$ BEGIN PERFORM 1; END $$";
  EXPECT_TRUE(target.guarded(work_key("fix"), [&] { target.session->execute(harmless); }));
  EXPECT_EQ(target.side.number("SELECT count(*) FROM t"), 3);
}

TEST(PostgresGuard, ForgetsLedgerRowsButNotItsOwn) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  for (int chunk = 0; chunk < 3; ++chunk) target.guarded(work_key("copy.rows", chunk), [] {});
  target.guarded(work_key("other", 0), [] {});
  target.guarded(work_key("copy.rows", 99), [&] { target.session->ledger_forget("r-1", "copy.rows", 1); });
  EXPECT_EQ(target.session->ledger_read("r-1", "copy.rows").size(), 1u);
  EXPECT_EQ(target.session->ledger_read("r-1").size(), 2u);
  EXPECT_EQ(target.session->ledger_read("r-2").size(), 0u);
}

TEST(PostgresGuard, RetiresTheHomeWhenNoOtherRunIsInIt) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.guarded(work_key("copy.rows", 0), [] {});
  target.guarded(work_key("copy.rows", 0, "r-2"), [] {});
  target.session->ledger_retire(target.fence, "r-1");
  EXPECT_EQ(target.session->ledger_read("r-2").size(), 1u);
  target.session->ledger_retire(target.fence, "r-2");
  EXPECT_EQ(target.side.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'sluice'"), 0);
  EXPECT_FALSE(target.session->fence_look().exists);
  EXPECT_TRUE(target.session->ledger_read("r-1").empty());
  EXPECT_EQ(target.session->identity().pin, "");
}

TEST(PostgresGuard, RetireChecksTheFence) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.guarded(work_key("copy.rows", 0), [] {});
  const Error error = error_of([&] { target.session->ledger_retire({"r-1", target.fence.epoch - 1}, "r-1"); });
  EXPECT_EQ(error.sqlstate(), "SL001");
  EXPECT_EQ(target.session->ledger_read("r-1").size(), 1u);
}

}  // namespace
}  // namespace sluice::test
