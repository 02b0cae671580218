#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <optional>
#include <thread>

#include <nlohmann/json.hpp>

#include "scenarios/project.hpp"
#include "support/mysql_server.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kChinook = "chinook/chinook-mysql.sql";
constexpr const char* kSakila = "sakila/sakila-db.zip";

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
}

/// Runs a script through the server's own client, which knows DELIMITER.
void run_client(const std::string& url, const std::string& file) {
  const size_t login = url.find("://") + 3, colon = url.find(':', login), at = url.find('@'), port = url.find(':', at), slash = url.find('/', port);
  Program client("/usr/bin/mariadb",
                 {"--no-defaults", "--host=127.0.0.1", "--port=" + url.substr(port + 1, slash - port - 1), "--user=" + url.substr(login, colon - login),
                  "--password=" + url.substr(colon + 1, at - colon - 1), url.substr(slash + 1), "--execute=source " + file});
  const Ending ending = client.wait();
  ASSERT_EQ(ending.code, 0) << ending.err;
}

/// A database of its own with what a script makes in the one that it names.
class LoadedDatabase {
 public:
  void load(std::string script, const std::string& named) {
    replace_all(script, "DROP DATABASE IF EXISTS `" + named + "`", "SELECT 1");
    replace_all(script, "CREATE DATABASE `" + named + "`", "SELECT 1");
    replace_all(script, "DROP SCHEMA IF EXISTS " + named, "SELECT 1");
    replace_all(script, "CREATE SCHEMA " + named, "SELECT 1");
    replace_all(script, "USE `" + named + "`", "SELECT 1");
    replace_all(script, "USE " + named, "SELECT 1");
    write_text(directory_ / "script.sql", script);
    run_client(database_.url(), directory_ / "script.sql");
  }
  const std::string& url() const { return database_.url(); }

 private:
  MySqlDatabase database_;
  TempDirectory directory_;
};

json parsed(const Ending& ending) {
  const json value = json::parse(ending.out, nullptr, false);
  EXPECT_FALSE(value.is_discarded()) << ending.out << ending.err;
  return value;
}

void expect_copied(const std::string& source, const std::string& target, size_t tables) {
  const Project project;
  const Ending copied = project.sluice({"copy", source, target, "--json"});
  ASSERT_EQ(copied.code, 0) << copied.out << copied.err;
  EXPECT_EQ(parsed(copied).at("verdict"), "MATCH");
  const Ending compared = project.sluice({"diff", source, target, "--json"});
  EXPECT_EQ(compared.code, 0) << compared.out << compared.err;
  EXPECT_EQ(parsed(compared).at("verdict"), "MATCH");
  EXPECT_EQ(parsed(compared).at("tables").size(), tables);
}

TEST(MySql, ChinookReachesPostgresAndSqliteWhole) {
  SLUICE_REQUIRE_MYSQL();
  SLUICE_REQUIRE_POSTGRES();
  SLUICE_REQUIRE_DATA(kChinook);
  LoadedDatabase chinook;
  chinook.load(read_text(shared_data_directory() + "/" + kChinook), "Chinook_AutoIncrement");
  const TestDatabase database;
  const TempDirectory directory;
  expect_copied(chinook.url(), database.url(), 11);
  expect_copied(chinook.url(), "sqlite:" + directory / "chinook.db", 11);
  PgSession session(database.url());
  EXPECT_EQ(session.number("select count(*) from pg_constraint where contype = 'f' and convalidated"), 11);
  EXPECT_GT(session.number("insert into \"Artist\" (\"Name\") values ('new') returning \"ArtistId\""), 275);
}

TEST(MySql, SakilaReachesPostgresAndSqliteAndThePlanNamesWhatStays) {
  SLUICE_REQUIRE_MYSQL();
  SLUICE_REQUIRE_POSTGRES();
  SLUICE_REQUIRE_DATA(kSakila);
  const TempDirectory directory;
  Program unzip("/usr/bin/unzip", {"-q", shared_data_directory() + "/" + kSakila, "-d", directory.path()});
  ASSERT_EQ(unzip.wait().code, 0);
  LoadedDatabase sakila;
  std::string script = read_text(directory / "sakila-db/sakila-schema.sql") + read_text(directory / "sakila-db/sakila-data.sql");
  replace_all(script, "sakila.", "");
  sakila.load(std::move(script), "sakila");
  const TestDatabase database;
  const Ending planned = Project().sluice({"copy", sakila.url(), database.url(), "--plan"});
  EXPECT_EQ(planned.code, 0) << planned.err;
  for (const char* named : {"film.rating: enum(", "film.special_features: set(", "film.release_year: year", "actor.last_update: \"on update",
                            "index idx_title_description is FULLTEXT", "trigger ins_film on film", "procedure rewards_report", "view actor_info"}) {
    EXPECT_THAT(planned.out, HasSubstr(named));
  }
  expect_copied(sakila.url(), database.url(), 16);
  expect_copied(sakila.url(), "sqlite:" + directory / "sakila.db", 16);
}

TEST(MySql, AZeroDateStopsTheCopyWithItsRowNamedUnlessTheStoreMakesItNull) {
  SLUICE_REQUIRE_MYSQL();
  const MySqlDatabase source;
  MySqlSession(source.url())
      .execute("CREATE TABLE t (id int PRIMARY KEY, born date NOT NULL); SET sql_mode = ''; INSERT INTO t VALUES (1, '2000-02-29'), (7, '0000-00-00')");
  const Project project;
  const Ending refused = project.sluice({"copy", source.url(), "sqlite:" + project / "a.db"});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err + refused.out, HasSubstr("t (id = 7), column born"));
  const Ending made = project.sluice({"copy", source.url() + "?zero_dates=null", "sqlite:" + project / "b.db", "--json"});
  ASSERT_EQ(made.code, 0) << made.out << made.err;
  EXPECT_EQ(parsed(made).at("verdict"), "MATCH");
}

TEST(MySql, Utf8InALatin1ColumnArrivesAsItWasMeant) {
  SLUICE_REQUIRE_MYSQL();
  const MySqlDatabase source;
  MySqlSession(source.url())
      .execute(
          "CREATE TABLE t (id int PRIMARY KEY, v varchar(20) CHARACTER SET latin1); INSERT INTO t VALUES (1, convert(x'4dc3bc' USING "
          "latin1)), (2, 'plain'), (3, NULL), (4, convert(x'4dfc' USING latin1)), (5, convert(x'c381' USING latin1))");
  const Project project(source.url(), R"lua(
    local m = map { from = "old", to = "new", columns = { ["t.v"] = cast.utf8_in_latin1 } }
    return workflow "meant" {
      stores = { old = store "mysql" { url = secret "SHOP_URL", access = "read" }, new = store "sqlite" { path = "target.db" } },
      phase "copy" {
        step "tables" { schema.create { map = m } },
        step "rows" { copy.tables { map = m, rejects = { limit = 5, file = "rejects.ndjson" } } },
        step "proof" { verify.content { map = m } },
        gate "same" "proof.discrepancy == 0 and rows.rejects == 1",
      },
    })lua");
  const Ending planned = project.sluice({"plan", "shop.lua"});
  EXPECT_THAT(planned.out + planned.err, HasSubstr("t.v: 2 of 3 texts beyond ASCII in this latin1 column are UTF-8 by their bytes"));
  const Ending run = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(read_text(project / "rejects.ndjson"),
              testing::AllOf(HasSubstr("characters of latin1 whose bytes are UTF-8"), HasSubstr("id=4")));
  run_sqlite(
      project / "target.db",
      "CREATE TABLE proof (v CHECK (v = 'M\u00fc plain - \u00c1')); INSERT INTO proof SELECT group_concat(coalesce(v, '-'), ' ') FROM "
      "(SELECT v FROM t ORDER BY id)");
}

/// Waits until someone waits for a lock of ours.
void wait_for_stall(PgSession& session, Program& program) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (session.number("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0) {
    ASSERT_TRUE(program.is_running() && std::chrono::steady_clock::now() < deadline) << program.err();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

TEST(MySql, ARunThatWasKilledInMidCopyRefusesASourceThatHasChangedAndElseGoesOn) {
  SLUICE_REQUIRE_MYSQL();
  SLUICE_REQUIRE_POSTGRES();
  for (const bool changes : {true, false}) {
    const MySqlDatabase source;
    const TestDatabase target;
    MySqlSession side(source.url());
    side.execute("CREATE TABLE item (id int PRIMARY KEY, name varchar(20)) SELECT seq AS id, concat('item ', seq) AS name FROM seq_1_to_1000");
    Project project(target.url(), R"(
      local m = map { from = "old", to = "new" }
      return workflow "shop" {
        stores = { old = store "mysql" { url = secret "OLD_URL" }, new = store "postgres" { url = secret "SHOP_URL" } },
        phase "prepare" { step "tables" { schema.create { map = m } }, )" + wait_step("go") + R"( },
        phase "copy" { step "rows" { copy.tables { map = m, chunk_rows = 100 } } },
        phase "proof" { step "content" { verify.content { map = m } }, gate "same" "content.discrepancy == 0" },
      })");
    project.options().environment["OLD_URL"] = source.url();
    Program program = project.start({"run", "shop.lua"});
    ASSERT_TRUE(wait_for(program, "prepare.tables")) << program.err();
    std::optional<PgSession> lock(target.url());
    lock->execute("begin; lock table item in share mode");
    write_text(project / "go", "");
    PgSession watch(target.url());
    wait_for_stall(watch, program);
    program.signal(SIGKILL);
    program.wait();
    lock.reset();
    if (changes) side.execute("INSERT INTO item VALUES (3000, 'late')");
    const Ending resumed = project.sluice({"resume"});
    EXPECT_EQ(resumed.code, changes ? 8 : 0) << resumed.out << resumed.err;
    if (changes) {
      EXPECT_THAT(resumed.err, HasSubstr("item"));
    } else {
      EXPECT_EQ(watch.number("select count(*) from item"), 1000);
    }
  }
}

}  // namespace
}  // namespace sluice::test
