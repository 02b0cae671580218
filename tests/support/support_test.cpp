#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <string>

#include "support/dump.hpp"
#include "support/environment.hpp"
#include "support/pg_session.hpp"
#include "support/program.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

TEST(Dump, OfSqliteTellsStorageClassesAndDuplicatesApart) {
  const TempDirectory directory;
  run_sqlite(directory / "a", "create table t (x); insert into t values (1), ('1'), (null);");
  run_sqlite(directory / "b", "create table t (x); insert into t values ('1'), (null), (1);");
  EXPECT_EQ(dump_sqlite(directory / "a"), dump_sqlite(directory / "b"));
  run_sqlite(directory / "b", "update t set x = 1.0 where typeof(x) = 'integer';");
  EXPECT_NE(dump_sqlite(directory / "a"), dump_sqlite(directory / "b"));
  run_sqlite(directory / "b", "delete from t where x = 1.0; insert into t values (1), (1);");
  EXPECT_NE(dump_sqlite(directory / "a"), dump_sqlite(directory / "b"));
}

TEST(Dump, LeavesTheEnginesOwnTablesOut) {
  const TempDirectory directory;
  run_sqlite(directory / "a", "create table t (x integer primary key); insert into t values (1);");
  const std::string before = dump_sqlite(directory / "a");
  run_sqlite(directory / "a", "create table _sluice_fence (epoch); insert into _sluice_fence values (3);");
  EXPECT_EQ(dump_sqlite(directory / "a"), before);
}

TEST(Dump, OfPostgresSeesRowsKeysIndexesAndSequences) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  PgSession session(database.url());
  session.execute("create table public.t (id int generated always as identity, x text)");
  const auto dump = [&] { return dump_postgres(database.url(), "public"); };
  const std::string empty = dump();
  session.execute("insert into t (x) select 'v' || n from generate_series(1, 2000) n");
  const std::string filled = dump();
  EXPECT_NE(empty, filled);
  EXPECT_THAT(filled, HasSubstr("2000 rows"));
  session.execute("update t set x = 'V7' where x = 'v7'");
  EXPECT_NE(filled, dump());
  session.execute("update t set x = 'v7' where x = 'V7'");
  EXPECT_EQ(filled, dump());
  session.execute("create index on t (x)");
  const std::string indexed = dump();
  EXPECT_NE(filled, indexed);
  session.execute("select nextval('t_id_seq')");
  EXPECT_NE(indexed, dump());
}

TEST(Program, GivesItsOutputItsErrorsAndItsCode) {
  ProgramOptions options;
  options.environment["GIVEN"] = "yes";
  const Ending ending = Program("/bin/sh", {"-c", "echo out $GIVEN; echo err >&2; exit 5"}, options).wait();
  EXPECT_EQ(ending.code, 5);
  EXPECT_EQ(ending.signal, 0);
  EXPECT_EQ(ending.out, "out yes\n");
  EXPECT_EQ(ending.err, "err\n");
}

TEST(Program, IsKilledAtItsInstant) {
  Program endless("/bin/sh", {"-c", "echo begun; while :; do :; done"});
  const Ending ending = endless.kill_after(std::chrono::milliseconds(50));
  EXPECT_EQ(ending.signal, SIGKILL);
  EXPECT_EQ(Program("/bin/true", {}).kill_after(std::chrono::seconds(1)).code, 0);
}

TEST(TestDatabase, IsItsOwnAndEndsEvenWhileSomeoneIsConnected) {
  SLUICE_REQUIRE_POSTGRES();
  std::string name;
  {
    const TestDatabase first;
    const TestDatabase second;
    name = first.name();
    PgSession(first.url()).execute("create table t ()");
    EXPECT_EQ(PgSession(second.url()).number("select count(*) from pg_tables where tablename = 't'"), 0);
    PgSession lingering(first.url());
    EXPECT_EQ(lingering.scalar("select current_database()"), name);
  }
  PgSession session(shared_server_url());
  EXPECT_EQ(session.number("select count(*) from pg_database where datname = '" + name + "'"), 0);
}

}  // namespace
}  // namespace sluice::test
