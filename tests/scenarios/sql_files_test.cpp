#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include <nlohmann/json.hpp>

#include "scenarios/project.hpp"
#include "support/mysql_server.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

/// SQL files of a workflow: their order, their transactions, what a kill and an edit do to them.
namespace sluice::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const char* const kPostgres = "store \"postgres\" { url = secret \"SHOP_URL\" }";
const char* const kSqlite = "store \"sqlite\" { path = \"target.db\" }";
const char* const kMySql = "store \"mysql\" { url = secret \"SHOP_URL\" }";

std::string workflow_of(const std::string& store, const std::string& action) {
  return "return workflow \"shop\" { stores = { new = " + store + " }, phase \"prepare\" { step \"files\" { " + action + " } } }";
}

void write_files(const Project& project, const std::map<std::string, std::string>& files) {
  std::filesystem::create_directories(project / "migrations");
  for (const auto& [name, text] : files) write_text(project / ("migrations/" + name), text);
}

const char* const kAll = "sql.files { store = \"new\", \"migrations/*.sql\" }";

TEST(SqlFiles, RunInTheOrderOfTheirNamesAndEachOnce) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(database.url(), workflow_of(kPostgres, kAll));
  write_files(project, {{"010_rows.sql", "insert into log values (10);\n\n-- a comment; with a semicolon\ninsert into log values (11)"},
                        {"002_function.sql",
                         "create function f() returns int language plpgsql as $$ begin insert into log values (3); return 1; end $$;\n"
                         "select f();"},
                        {"001_table.sql", "create table log (n int, at serial);\ninsert into log values (1);"},
                        {"notes.txt", "this is no SQL"}});
  const Ending planned = project.sluice({"plan", "shop.lua"});
  EXPECT_THAT(planned.out, HasSubstr("runs on new: migrations/001_table.sql (2 statements)"));
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  PgSession session(database.url());
  EXPECT_EQ(session.scalar("select string_agg(n::text, ' ' order by at) from log"), "1 3 10 11");
  EXPECT_THAT(ending.out, HasSubstr("3 files"));
}

TEST(SqlFiles, AFileThatFailsLeavesNothingOfItselfAndIsNamedWithItsLine) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(database.url(), workflow_of(kPostgres, kAll));
  write_files(project,
              {{"1.sql", "create table log (n int);"}, {"2.sql", "insert into log values (2);\n\ninsert into\n  lug values (3);"}});
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 1) << ending.out;
  EXPECT_THAT(ending.err + ending.out, AllOf(HasSubstr("migrations/2.sql:3: "), HasSubstr("lug")));
  PgSession session(database.url());
  EXPECT_EQ(session.number("select count(*) from log"), 0);
  // The one that failed may be mended and adopted; the one that has run may not be changed.
  write_files(project, {{"2.sql", "insert into log values (3);"}});
  EXPECT_THAT(project.sluice({"resume"}).err, AllOf(HasSubstr("migrations/2.sql was edited"), HasSubstr("--adopt")));
  write_files(project, {{"1.sql", "create table log (n bigint);"}});
  const Ending refused = project.sluice({"resume", "--adopt"});
  EXPECT_EQ(refused.code, 8) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("migrations/1.sql has run already"));
  write_files(project, {{"1.sql", "create table log (n int);"}});
  const Ending adopted = project.sluice({"resume", "--adopt"});
  EXPECT_EQ(adopted.code, 0) << adopted.out << adopted.err;
  EXPECT_EQ(session.scalar("select string_agg(n::text, ' ') from log"), "3");
}

TEST(SqlFiles, APatternThatMeansNothingAndCommandsOfAClientAreErrors) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(database.url(), workflow_of(kPostgres, "sql.files { store = \"new\", \"migration/*.sql\" }"));
  write_files(project, {{"1.sql", "select 1;\n\\c other\n"}});
  EXPECT_THAT(project.sluice({"check", "shop.lua"}).err, AllOf(HasSubstr("shop.lua:1"), HasSubstr("matches \"migration/*.sql\"")));
  project.set_workflow(workflow_of(kPostgres, kAll));
  EXPECT_THAT(project.sluice({"plan", "shop.lua"}).err, AllOf(HasSubstr("migrations/1.sql:2"), HasSubstr("\\c other")));
  write_files(project, {{"1.sql", "select 1;\nbegin;\nselect 2;"}});
  EXPECT_THAT(project.sluice({"plan", "shop.lua"}).err, AllOf(HasSubstr("migrations/1.sql:2"), HasSubstr("transaction")));
  project.set_workflow(workflow_of(kPostgres, "sql.files { store = \"new\", \"../*.sql\" }"));
  EXPECT_THAT(project.sluice({"check", "shop.lua"}).err, HasSubstr("below the workflow's folder"));
}

TEST(SqlFiles, WhatAFileSetsDoesNotReachOtherSteps) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(
      database.url(),
      workflow_of(kPostgres, std::string(kAll) + " }, step \"after\" { sql { store = \"new\", \"insert into log values (2)\" }"));
  write_files(project, {{"1.sql", "create table log (n int); create schema other; set search_path = other; create table log (n int);"}});
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_EQ(PgSession(database.url()).number("select count(*) from public.log"), 1);
}

TEST(SqlFiles, CanBeTheUndoOfOthers) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const std::string step =
      std::string(kAll) +
      ", undo = sql.files { store = \"new\", \"down/*.sql\" } }, gate \"no\" { check = function() return false, \"no\" end";
  const Project project(database.url(), workflow_of(kPostgres, step + ", on_fail = rollback_to \"prepare\""));
  write_files(project, {{"1.sql", "create table log (n int); create table kept (n int);"}});
  std::filesystem::create_directories(project / "down");
  write_text(project / "down/1.sql", "drop table log;");
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 3) << ending.out << ending.err;
  EXPECT_EQ(PgSession(database.url()).scalar("select string_agg(tablename, ' ') from pg_tables where schemaname = 'public'"), "kept");
}

TEST(SqlFiles, WithAutocommitRunWhatNoTransactionTakes) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(database.url(), workflow_of(kPostgres, "sql.files { store = \"new\", \"migrations/*.sql\", autocommit = true }"));
  write_files(project, {{"1.sql", "create table t (n int);\ncreate index concurrently t_n on t (n);\nvacuum t;"}});
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_EQ(PgSession(database.url()).number("select count(*) from pg_indexes where indexname = 't_n'"), 1);
  EXPECT_EQ(find_node(project.report(), "prepare.files").at("tasks").at("done"), 3);
}

/// A run that is killed inside the second of three statements, which waits for our lock.
class KilledAutocommit {
 public:
  /// `after`: what a step behind it runs.
  explicit KilledAutocommit(const std::string& after = "select 1") : project(database.url(), workflow(after)) {
    PgSession(database.url()).execute("create table log (n int); create table gate (n int)");
    write_files(project, {{"1.sql",
                           "insert into log values (1);\nwith g as (insert into gate values (1)) insert into log values (2);\ninsert into "
                           "log values (3);"}});
    PgSession lock(database.url());
    lock.execute("begin; lock table gate in share mode");
    Program program = project.start({"run", "shop.lua"});
    PgSession watch(database.url());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (watch.number("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0) {
      if (!program.is_running() || std::chrono::steady_clock::now() > deadline) {
        ADD_FAILURE() << program.err();
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    program.signal(SIGKILL);
    program.wait();
    watch.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
    while (watch.number("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    lock.execute("rollback");
  }

  static std::string workflow(const std::string& after) {
    return workflow_of(kPostgres,
                       "sql.files { store = \"new\", \"migrations/*.sql\", autocommit = true } }, step \"after\" { sql "
                       "{ store = \"new\", \"" +
                           after + "\" }");
  }

  std::string log() const { return PgSession(database.url()).scalar("select string_agg(n::text, ' ' order by n) from log"); }

  TestDatabase database;
  Project project;
};

TEST(SqlFiles, AStatementWhoseEndIsUnknownIsAskedForAndDoneAgainOnRequest) {
  SLUICE_REQUIRE_POSTGRES();
  const KilledAutocommit killed;
  const Ending asked = killed.project.sluice({"resume"});
  EXPECT_EQ(asked.code, 1) << asked.out;
  EXPECT_THAT(asked.err + asked.out, AllOf(HasSubstr("migrations/1.sql:2 with g as"), HasSubstr("--redo prepare.files"),
                                           HasSubstr("--assume-done prepare.files")));
  EXPECT_EQ(killed.log(), "1");
  const Ending ending = killed.project.sluice({"resume", "--redo", "prepare.files"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_EQ(killed.log(), "1 2 3");
}

TEST(SqlFiles, AStatementThatAPersonSaysWasDoneIsPassedOverAndTheNextOnesRun) {
  SLUICE_REQUIRE_POSTGRES();
  const KilledAutocommit killed;
  const Ending ending = killed.project.sluice({"resume", "--assume-done", "prepare.files"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_EQ(killed.log(), "1 3");
}

TEST(SqlFiles, WithAStatementThatAPersonSaysWasDoneStayAsTheyAreAndTheRestMayBeEdited) {
  SLUICE_REQUIRE_POSTGRES();
  const KilledAutocommit killed("insert into lug values (9)");
  EXPECT_EQ(killed.project.sluice({"resume", "--assume-done", "prepare.files"}).code, 1);
  EXPECT_EQ(killed.log(), "1 3");
  killed.project.set_workflow(KilledAutocommit::workflow("insert into log values (9)"));
  const Ending ending = killed.project.sluice({"resume", "--adopt"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_EQ(killed.log(), "1 3 9");
}

TEST(SqlFiles, OfAnUndoAreCheckedByThePlan) {
  const auto plan_of = [](const std::string& undo) {
    const Project project({},
                          "return workflow \"shop\" { stores = { new = store \"sqlite\" { path = \"target.db\" }, old "
                          "= store \"sqlite\" { path = "
                          "\"old.db\", access = \"read\" } }, phase \"prepare\" { step \"files\" { sql { store = "
                          "\"new\", \"select 1\" }, undo = " +
                              undo + " } } }");
    run_sqlite(project / "target.db", "create table t (n integer)");
    run_sqlite(project / "old.db", "create table t (n integer)");
    write_files(project, {{"1.sql", "delete from t;\n.quit\n"}});
    return project.sluice({"plan", "shop.lua"});
  };
  EXPECT_THAT(plan_of("sql.files { store = \"new\", \"migrations/*.sql\" }").err,
              AllOf(HasSubstr("migrations/1.sql:2"), HasSubstr(".quit")));
  EXPECT_THAT(plan_of("sql { store = \"new\", \"begin; delete from t\" }").err,
              HasSubstr("begins or ends a transaction"));
  EXPECT_THAT(plan_of("sql { store = \"old\", \"delete from t\" }").err, HasSubstr("declared access = \"read\""));
  const Ending sound = plan_of("sql { store = \"new\", \"delete from t\" }");
  EXPECT_EQ(sound.code, 0) << sound.err;
}

/// Kills runs of thirty files again and again, then looks whether each has run once.
void kill_often(Project& project, const std::function<std::string()>& count) {
  int kills = 0;
  Ending ending;
  for (int attempt = 0; attempt < 60; ++attempt) {
    Program program = attempt == 0 ? project.start({"run", "shop.lua"}) : project.start({"resume"});
    // One that is killed before it has begun leaves nothing to resume.
    if (attempt == 0) {
      ASSERT_TRUE(wait_for(program, "run r-")) << program.err();
    }
    ending = attempt < 14 ? program.kill_after(std::chrono::milliseconds(150 + 45 * attempt)) : program.wait();
    if (ending.signal == 0) break;
    ++kills;
  }
  // The last kill may have come when all was done.
  EXPECT_TRUE(ending.code == 0 || ending.err.find("no unfinished run") != std::string::npos) << ending.out << ending.err;
  EXPECT_GT(kills, 2) << "too little was killed";
  EXPECT_EQ(count(), "30 30");
}

std::map<std::string, std::string> thirty_files(const std::function<std::string(const std::string&)>& text) {
  std::map<std::string, std::string> files;
  for (int i = 10; i < 40; ++i) files[std::to_string(i) + ".sql"] = text(std::to_string(i));
  return files;
}

TEST(SqlFiles, ThatAreKilledAnywhereRunOnceOnPostgres) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  PgSession session(database.url());
  session.execute("create table log (n int)");
  Project project(database.url(), workflow_of(kPostgres, kAll));
  write_files(project, thirty_files([](const std::string& i) {
                return "create table t" + i + " (n int);\ninsert into log values (" + i + ");\nselect pg_sleep(0.02);";
              }));
  kill_often(project, [&] { return session.scalar("select count(*) || ' ' || count(distinct n) from log"); });
}

TEST(SqlFiles, ThatAreKilledAnywhereRunOnceOnSqlite) {
  Project project({}, workflow_of(kSqlite, kAll));
  run_sqlite(project / "target.db", "create table log (n integer)");
  run_sqlite(project / "expected.db",
             "create table log (n integer); with recursive k (n) as (select 10 union all select n + 1 from k where n < 39) insert into log "
             "select n from k");
  write_files(project, thirty_files([](const std::string& i) {
                return "create table t" + i + " (n integer);\ncreate trigger r" + i + " after insert on t" + i +
                       " begin select 1; update log set n = n; end;\n"
                       "insert into log values (" +
                       i +
                       ");\n"
                       "with recursive k (i) as (select 1 union all select i + 1 from k where i < 100000) select count(*) from k;";
              }));
  kill_often(project, [&] {
    return has_same_rows(project / "expected.db", project / "target.db", {"select n from log order by n"}) ? std::string("30 30")
                                                                                                           : std::string();
  });
}

/// Definitions commit by themselves there: every statement is a transaction of its own.
TEST(SqlFiles, ThatAreKilledAnywhereRunOnceOnMySql) {
  SLUICE_REQUIRE_MYSQL();
  const MySqlDatabase database;
  MySqlSession session(database.url());
  session.execute("create table log (n int)");
  Project project(database.url(), workflow_of(kMySql, kAll));
  write_files(project, thirty_files([](const std::string& i) {
                return "create table if not exists t" + i + " (n int);\ninsert into log values (" + i + ");\ndo sleep(0.02);";
              }));
  kill_often(project, [&] {
    const auto rows = session.rows("select count(*), count(distinct n) from log");
    return rows.at(0).at(0) + " " + rows.at(0).at(1);
  });
}

TEST(SqlFiles, OfMySqlKnowDelimitersAndKeepWhatASessionIsSetTo) {
  SLUICE_REQUIRE_MYSQL();
  const MySqlDatabase database;
  const Project project(database.url(), workflow_of(kMySql, kAll));
  write_files(project, {{"1.sql",
                         "create table p (n int primary key);\n"
                         "create table c (n int, foreign key (n) references p (n));\n"
                         "set foreign_key_checks = 0;\n"
                         "insert into c values (7); # no parent; that is meant\n"
                         "DELIMITER //\n"
                         "create trigger t before insert on p for each row begin set new.n = new.n + 1; set @x = ';'; end//\n"
                         "DELIMITER ;\n"
                         "insert into p values (1);"}});
  const Ending planned = project.sluice({"plan", "shop.lua"});
  EXPECT_THAT(planned.out, HasSubstr("not in one transaction: definitions commit by themselves"));
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  MySqlSession session(database.url());
  EXPECT_EQ(session.rows("select n from p"), (std::vector<std::vector<std::string>>{{"2"}}));
  EXPECT_EQ(session.rows("select n from c"), (std::vector<std::vector<std::string>>{{"7"}}));
}

TEST(SqlFiles, OfMySqlLeaveNothingInTheSessionThatAKillWouldLose) {
  SLUICE_REQUIRE_MYSQL();
  const MySqlDatabase database;
  const Project project(database.url(), workflow_of(kMySql, kAll));
  const std::string insert = "insert into p (id) values (null);\n";
  write_files(project, {{"1.sql", "create table p (id int auto_increment primary key, of int);\n" + insert +
                                      "set @id = last_insert_id();\ninsert into p (of) values (@id);"}});
  const Ending refused = project.sluice({"plan", "shop.lua"});
  EXPECT_EQ(refused.code, 2) << refused.out;
  EXPECT_THAT(refused.err, AllOf(HasSubstr("migrations/1.sql:3: set @id = last_insert_id()"),
                                 HasSubstr("into a procedure and its CALL")));
  // A transaction keeps them; what is set to a literal may be set again.
  write_files(project, {{"1.sql",
                         "create table p (id int auto_increment primary key, of int, note text);\nset @note = 'kept';\n"
                         "insert into p (note) values (@note);\n/*!40101 set @note = 'set by a comment' */;\n"
                         "insert into p (note) values (@note);"},
                        {"2.sql", insert + "set @id = last_insert_id();\ninsert into p (of) values (@id);"}});
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_EQ(
      MySqlSession(database.url())
          .rows("select group_concat(note order by id), (select count(*) from p a join p b on a.of = b.id) from p"),
      (std::vector<std::vector<std::string>>{{"kept,set by a comment", "1"}}));
}

TEST(SqlFiles, OfMySqlThatCallRunStatementByStatement) {
  SLUICE_REQUIRE_MYSQL();
  const MySqlDatabase database;
  MySqlSession session(database.url());
  session.execute("create table log (n int)");
  session.execute("create procedure commits() begin insert into log values (2); commit; end");
  const Project project(database.url(), workflow_of(kMySql, kAll));
  write_files(project, {{"1.sql", "insert into log values (1);\ncall commits();\ninsert into log values (3);"}});
  EXPECT_THAT(project.sluice({"plan", "shop.lua"}).out,
              HasSubstr("not in one transaction: definitions commit by themselves, and calls may"));
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 1) << ending.out;
  EXPECT_THAT(ending.err + ending.out,
              AllOf(HasSubstr("migrations/1.sql:2: "), HasSubstr("from within"), HasSubstr("autocommit = true")));
  // Nothing of it is done twice.
  EXPECT_EQ(project.sluice({"resume"}).code, 1);
  EXPECT_EQ(session.rows("select group_concat(n order by n) from log"),
            (std::vector<std::vector<std::string>>{{"1,2"}}));
}

TEST(SqlFiles, WithAutocommitRunWhatIsSetForTheWholeServer) {
  SLUICE_REQUIRE_MYSQL();
  const MySqlDatabase database;
  MySqlSession session(database.url());
  const std::string before = session.rows("select @@global.slow_launch_time").at(0).at(0);
  const Project project(
      database.url(),
      workflow_of(kMySql, "sql { store = \"new\", autocommit = true, \"set global slow_launch_time = 77\" }"));
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_EQ(session.rows("select @@global.slow_launch_time").at(0).at(0), "77");
  session.execute("set global slow_launch_time = " + before);
}

TEST(SqlAction, RunsWithAutocommitAndManyStatements) {
  SLUICE_REQUIRE_MYSQL();
  const MySqlDatabase database;
  const Project project(
      database.url(),
      workflow_of(kMySql, "sql { store = \"new\", \"create table t (n int); insert into t values (1); insert into t values (2)\" }"));
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_EQ(MySqlSession(database.url()).rows("select count(*) from t"), (std::vector<std::vector<std::string>>{{"2"}}));
  Project sqlite(
      {},
      workflow_of(kSqlite, "sql { store = \"new\", autocommit = true, \"create table t (n integer); vacuum; insert into t values (1)\" }"));
  run_sqlite(sqlite / "target.db", "create table u (n integer)");
  const Ending other = sqlite.sluice({"run", "shop.lua"});
  EXPECT_EQ(other.code, 0) << other.out << other.err;
}

}  // namespace
}  // namespace sluice::test
