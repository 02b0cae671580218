#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "conformance/postgres_store.hpp"

namespace sluice::test {
namespace {

/// Reads all chunks of a table and answers its ids, each once per time that it was read.
std::multiset<std::string> read_chunks(store::Session& session, const std::string& table, const store::Cuts& cuts) {
  std::multiset<std::string> ids;
  for (size_t i = 0; i <= cuts.cuts.size(); ++i) {
    for (const auto& row : read_rows(session, table, {"id"}, {}, store::chunk_range(cuts, i))) ids.insert(row[0]);
  }
  return ids;
}

std::multiset<std::string> ids_of(PgSession& side, const std::string& table) {
  std::multiset<std::string> ids;
  for (const auto& row : side.rows("SELECT id FROM " + table)) ids.insert(row[0].value_or("NULL"));
  return ids;
}

struct CutCase {
  const char* name;
  const char* sql;
  const char* type;
};

constexpr CutCase kCutCases[] = {
    {"dense", "CREATE TABLE v (id int PRIMARY KEY); INSERT INTO v SELECT generate_series(-500, 4500)", "integer"},
    {"sparse",
     "CREATE TABLE v (id bigint PRIMARY KEY); INSERT INTO v SELECT i::bigint * i * 100003 - 5000000 FROM "
     "generate_series(1, 5000) i",
     "integer"},
    {"extremes",
     "CREATE TABLE v (id bigint PRIMARY KEY); INSERT INTO v VALUES (-9223372036854775808), (9223372036854775807), (0)",
     "integer"},
    {"uuid",
     "CREATE TABLE v (id uuid PRIMARY KEY); INSERT INTO v SELECT md5(i::text)::uuid FROM generate_series(1, 5000) i",
     "uuid"},
    {"date",
     "CREATE TABLE v (id date PRIMARY KEY); INSERT INTO v SELECT '1990-01-01'::date + i FROM generate_series(1, 5000) "
     "i",
     "date"},
    {"decimal",
     "CREATE TABLE v (id numeric(10,2) PRIMARY KEY); INSERT INTO v SELECT i / 4.0 FROM generate_series(1, 5000) i",
     "decimal"},
    {"keyless",
     "CREATE TABLE v (id int, note text); INSERT INTO v SELECT i % 100, repeat('x', 100) FROM generate_series(1, 5000) "
     "i",
     "local"},
    {"text", "CREATE TABLE v (id text PRIMARY KEY); INSERT INTO v SELECT 'k' || i FROM generate_series(1, 5000) i",
     "local"},
};

TEST(PostgresRead, ChunksCoverEveryRowExactlyOnce) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  for (const CutCase& one : kCutCases) {
    SCOPED_TRACE(one.name);
    target.side.execute("DROP TABLE IF EXISTS v; " + std::string(one.sql));
    if (std::string(one.name) == "sparse") target.side.execute("ANALYZE v");
    const store::Cuts cuts = target.session->plan_chunks(read_spec("v", {"id"}), 8);
    EXPECT_EQ(cuts.type, one.type);
    EXPECT_GE(cuts.cuts.size(), std::string(one.name) == "extremes" ? 1u : 5u);
    EXPECT_LE(cuts.cuts.size(), 7u);
    EXPECT_EQ(read_chunks(*target.session, "v", cuts), ids_of(target.side, "v"));
  }
}

TEST(PostgresRead, ChunksOfAnEmptyTableAndOfAView) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute("CREATE VIEW w AS SELECT 1 AS id");
  EXPECT_TRUE(target.session->plan_chunks(read_spec("t", {"id"}), 8).cuts.empty());
  const store::Cuts cuts = target.session->plan_chunks(read_spec("w", {"id"}), 8);
  EXPECT_TRUE(cuts.cuts.empty());
  EXPECT_EQ(read_chunks(*target.session, "w", cuts).size(), 1u);
}

TEST(PostgresRead, ChunksEvenlyBySkewedKeys) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute(
      "INSERT INTO t SELECT i FROM generate_series(1, 9000) i; INSERT INTO t SELECT i * 1000000 FROM "
      "generate_series(1, 1000) i");
  const store::Cuts cuts = target.session->plan_chunks(read_spec("t", {"id"}), 10);
  for (size_t i = 0; i <= cuts.cuts.size(); ++i) {
    EXPECT_LE(read_rows(*target.session, "t", {"id"}, {}, store::chunk_range(cuts, i)).size(), 1500u);
  }
}

TEST(PostgresRead, CompositeAndNullableKeysBoundRows) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute(
      "CREATE TABLE v (a int NOT NULL, b int NOT NULL, id int); INSERT INTO v VALUES (1,1,1), (1,5,2), (2,0,3), "
      "(2,9,NULL)");
  EXPECT_EQ(read_rows(*target.session, "v", {"a", "b"}, {}, {{"a", "b"}, "integer", {"1", "5"}, {"2", "9"}}),
            (Rows{{"1", "5"}, {"2", "0"}}));
  EXPECT_EQ(read_rows(*target.session, "v", {"id"}, {}, {{"id"}, "integer", {}, {"3"}}),
            (Rows{{"1"}, {"2"}, {"NULL"}}));
  EXPECT_EQ(read_rows(*target.session, "v", {"id"}, {}, {{"id"}, "integer", {"3"}, {}}), (Rows{{"3"}}));
  EXPECT_EQ(read_rows(*target.session, "v", {"id"}, {},
                      {{"id"}, "integer", {"-9223372036854775808"}, {"9223372036854775807"}})
                .size(),
            3u);
}

TEST(PostgresRead, TakesAConditionAndOddNames) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute(
      R"(CREATE TABLE "Odd ""Table" ("a'b" int, "select" text); INSERT INTO "Odd ""Table" VALUES (1, 'x'), (2, 'y'))");
  store::ReadSpec spec = read_spec("Odd \"Table", {"a'b", "select"});
  spec.where = "\"select\" = 'y' -- only these";
  EXPECT_EQ(all_rows(*target.session->read(spec)), (Rows{{"2", "y"}}));
}

TEST(PostgresRead, CutsBatchesByRowsAndBytes) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute("INSERT INTO t SELECT i, repeat('x', 1000) FROM generate_series(1, 1000) i");
  store::ReadSpec spec = read_spec("t", {"id", "note"});
  spec.batch_rows = 300;
  EXPECT_EQ(target.session->read(spec)->next()->length, 300);
  spec.batch_bytes = 50'000;
  EXPECT_NEAR(static_cast<double>(target.session->read(spec)->next()->length), 50, 3);
}

TEST(PostgresRead, SnapshotIsSharedAndOutlivesStreamsThatAreGivenUp) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute("INSERT INTO t SELECT i, repeat('x', 500) FROM generate_series(1, 50000) i");
  const std::string token = target.session->snapshot_export();
  const auto reader = target.store.open_session();
  reader->snapshot_join(token);
  EXPECT_TRUE(target.session->snapshot_confirm(token));
  target.side.execute("DELETE FROM t WHERE id > 10; INSERT INTO t VALUES (-1)");
  for (store::Session* session : {target.session.get(), reader.get()}) {
    EXPECT_GT(session->read(read_spec("t", {"id", "note"}))->next()->length, 0);
    EXPECT_EQ(error_of([&] { session->query("SELECT no_such_column FROM t"); }).code(), Code::not_found);
    EXPECT_EQ(error_of([&] { read_rows(*session, "t", {"id"}, {{arrow::Kind::int8}}); }).code(), Code::data);
    EXPECT_EQ(session->scalar("SELECT count(*) FROM t").value(), "50000");
  }
  EXPECT_TRUE(target.session->snapshot_confirm(token));
  EXPECT_FALSE(target.session->snapshot_confirm("00000003-00000001-1"));
}

TEST(PostgresRead, SnapshotThatEndedCannotBeJoined) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  std::string token;
  {
    const auto exporter = target.store.open_session();
    token = exporter->snapshot_export();
  }
  while (target.side.number("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND "
                            "datname = current_database()") > 0) {
  }
  EXPECT_EQ(error_of([&] { target.session->snapshot_join(token); }).code(), Code::unavailable);
  EXPECT_EQ(target.session->scalar("SELECT 1").value(), "1");
}

TEST(PostgresRead, StateChangesWithTheTable) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  const store::LookFilter filter{.tables = {"t"}};
  const std::string before = target.session->source_state(filter);
  EXPECT_EQ(target.session->source_state(filter), before);
  { PgSession(target.database.url()).execute("INSERT INTO t VALUES (1, 'a')"); }
  std::string after = before;
  for (int i = 0; i < 1000 && after == before; ++i) after = target.session->source_state(filter);
  EXPECT_NE(after, before);
}

TEST(PostgresRead, QueryTypesRowsAndParameters) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  const auto rows = target.session->query("SELECT $1::int + 1, $2::text, 1.50, true, 0.25::float8, DATE '2026-01-02'",
                                          {"41", std::nullopt});
  EXPECT_EQ(rows->fields()[0].type.kind, arrow::Kind::int64);
  EXPECT_EQ(rows->fields()[2].type.kind, arrow::Kind::number);
  EXPECT_EQ(all_rows(*rows), (Rows{{"42", "NULL", "1.50", "true", "0.25", "2026-01-02"}}));
  EXPECT_TRUE(all_rows(*target.session->query("SELECT 1 WHERE false")).empty());
  EXPECT_EQ(all_rows(*target.session->query("SELECT generate_series(1, 20000)")).size(), 20'000u);
  EXPECT_EQ(error_of([&] { target.session->query("SELECT 1/0"); }).code(), Code::data);
  EXPECT_EQ(error_of([&] { target.session->query("SELEC"); }).code(), Code::invalid_argument);
}

TEST(PostgresRead, StreamFailsWithTheWholeErrorInTheMiddle) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  const auto rows = target.session->query("SELECT 100 / (30000 - i) FROM generate_series(1, 40000) i");
  const Error error = error_of([&] { all_rows(*rows); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_EQ(error.sqlstate(), "22012");
}

TEST(PostgresRead, IsBusyWhileAStreamIsOpen) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute("INSERT INTO t SELECT i, 'x' FROM generate_series(1, 100000) i");
  auto rows = target.session->read(read_spec("t", {"id"}));
  rows->next();
  EXPECT_EQ(error_of([&] { target.session->execute("SELECT 1"); }).code(), Code::invalid_argument);
  rows.reset();
  EXPECT_EQ(target.session->scalar("SELECT 1").value(), "1");
}

TEST(PostgresRead, CancelEndsAStatementAndTheSessionGoesOn) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  std::thread canceller([&] {
    PgSession side(target.database.url());
    while (side.number("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' "
                       "AND pid <> pg_backend_pid()") == 0) {
    }
    target.session->cancel();
  });
  EXPECT_EQ(error_of([&] { target.session->execute("SELECT pg_sleep(60)"); }).code(), Code::cancelled);
  canceller.join();
  EXPECT_EQ(target.session->scalar("SELECT 1").value(), "1");
}

TEST(PostgresRead, CancelEndsALoad) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  const auto cancel_late = [&](int64_t batch) {
    if (batch == 30) std::thread([&] { target.session->cancel(); }).join();
  };
  const Error error = error_of([&] {
    target.guarded(work_key("copy.rows", 0), [&] {
      target.session->load({"", "t", {}}, std::make_unique<NumberedRows>(1, int64_t{1} << 60, cancel_late));
    });
  });
  EXPECT_EQ(error.code(), Code::cancelled) << error.what();
  EXPECT_TRUE(target.guarded(work_key("copy.rows", 0), [&] { target.load(1, 5); }));
}

}  // namespace
}  // namespace sluice::test
