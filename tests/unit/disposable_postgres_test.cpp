#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "disposable/child.hpp"
#include "disposable/postgres_binaries.hpp"
#include "disposable/postgres_server.hpp"
#include "disposable/sweep.hpp"

namespace sluice::disposable {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// Connects, runs one statement, gives its first value; or the error's text after "error: ".
std::string ask(const std::string& url, const std::string& statement) {
  PGconn* connection = PQconnectdb(url.c_str());
  std::string error = std::string("error: ") + PQerrorMessage(connection);
  PGresult* result = PQexec(connection, statement.c_str());
  if (PQstatus(connection) == CONNECTION_OK) error = std::string("error: ") + PQerrorMessage(connection);
  std::string answer;
  if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0) {
    answer = PQgetvalue(result, 0, 0);
  } else if (PQresultStatus(result) != PGRES_COMMAND_OK) {
    answer = error;
  }
  PQclear(result);
  PQfinish(connection);
  return answer;
}

class DisposablePostgres : public testing::Test {
 protected:
  void SetUp() override {
    try {
      find_postgres_binaries();
    } catch (const Error& error) {
      GTEST_SKIP() << error.what();
    }
    std::string pattern = default_parent() + "/sluice-test-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    parent_ = pattern;
    ASSERT_EQ(::chmod(parent_.c_str(), 0755), 0);
  }

  void TearDown() override {
    if (parent_.empty()) return;
    sweep(parent_, [](const Mark&) { return false; });
    fs::remove_all(parent_);
  }

  PostgresOptions options() const {
    PostgresOptions made;
    made.parent = parent_;
    return made;
  }

  /// Another process makes a server with these options and is killed without a chance to clean up.
  std::string leave_behind(const PostgresOptions& options) const {
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const PostgresServer server = PostgresServer::start(options);
      const std::string& directory = server.directory();
      if (::write(pipe[1], directory.data(), directory.size()) > 0) ::kill(::getpid(), SIGKILL);
      ::_exit(1);
    }
    ::close(pipe[1]);
    std::array<char, 4096> path{};
    const auto size = ::read(pipe[0], path.data(), path.size());
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    return {path.data(), static_cast<std::size_t>(size > 0 ? size : 0)};
  }

  std::string parent_;
};

TEST_F(DisposablePostgres, AnswersOnBothWaysInToItsOwnPasswordOnly) {
  const PostgresServer server = PostgresServer::start(options());
  EXPECT_EQ(ask(server.url(), "select current_user || ' ' || current_database()"), "sluice sluice");
  EXPECT_EQ(ask(server.socket_url(), "show server_encoding"), "UTF8");
  std::string wrong = server.url();
  wrong.replace(wrong.find("sluice:") + 7, 4, "0000");
  EXPECT_THAT(ask(wrong, "select 1"), HasSubstr("password authentication failed"));
  wrong = server.socket_url();
  wrong.replace(wrong.find("sluice:") + 7, 4, "0000");
  EXPECT_THAT(ask(wrong, "select 1"), HasSubstr("password authentication failed"));
}

TEST_F(DisposablePostgres, ListensOnNoPortWhereTcpIsOff) {
  PostgresOptions without = options();
  without.tcp = false;
  const PostgresServer server = PostgresServer::start(without);
  EXPECT_EQ(server.url(), server.socket_url());
  EXPECT_EQ(ask(server.url(), "show listen_addresses"), "");
  EXPECT_EQ(ask(server.url(), "select 7"), "7");
}

TEST_F(DisposablePostgres, RunsInAPrivateDirectoryAsNobodySpecial) {
  const PostgresServer server = PostgresServer::start(options());
  struct stat directory {};
  struct stat process {};
  ASSERT_EQ(::stat(server.directory().c_str(), &directory), 0);
  ASSERT_EQ(::stat(("/proc/" + std::to_string(server.pid())).c_str(), &process), 0);
  EXPECT_EQ(directory.st_mode & 07, 0U);
  EXPECT_NE(process.st_uid, 0U);
  EXPECT_EQ(::getsid(server.pid()), server.pid());
}

TEST_F(DisposablePostgres, LeavesNothingBehind) {
  std::string directory;
  int pid = 0;
  {
    const PostgresServer server = PostgresServer::start(options());
    directory = server.directory();
    pid = server.pid();
    ASSERT_TRUE(identity_of(pid));
  }
  EXPECT_FALSE(fs::exists(directory));
  EXPECT_FALSE(identity_of(pid));
}

TEST_F(DisposablePostgres, MakesDatabasesAndNamesTheOneThatExists) {
  PostgresServer server = PostgresServer::start(options());
  const std::string url = server.create_database("an \"odd\" name");
  EXPECT_EQ(ask(url, "select current_database()"), "an \"odd\" name");
  try {
    server.create_database("an \"odd\" name");
    FAIL() << "a database was made twice";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::already_exists);
    EXPECT_THAT(error.message(), HasSubstr("an \"odd\" name"));
  }
}

TEST_F(DisposablePostgres, KeepsWhatWasCommittedWhenItIsKilled) {
  PostgresOptions durable = options();
  durable.durable = true;
  PostgresServer server = PostgresServer::start(durable);
  EXPECT_EQ(ask(server.url(), "show fsync"), "on");
  const std::string url = server.url();
  ASSERT_EQ(ask(url, "create table kept (n int)"), "");
  ASSERT_EQ(ask(url, "insert into kept values (41), (42)"), "");
  server.kill_server();
  EXPECT_FALSE(server.is_running());
  EXPECT_THAT(ask(url, "select 1"), HasSubstr("error"));
  server.restart();
  EXPECT_EQ(server.url(), url);
  EXPECT_EQ(ask(url, "select sum(n) from kept"), "83");
}

TEST_F(DisposablePostgres, OfARunOutlivesItsKilledEngineAndIsFoundAgain) {
  PostgresOptions owned = options();
  owned.run = RunOwner{"/state", "r-1"};
  const std::string directory = leave_behind(owned);
  ASSERT_FALSE(directory.empty());
  std::optional<Mark> asked;
  const auto swept = sweep(parent_, [&](const Mark& mark) {
    asked = mark;
    return true;
  });
  EXPECT_TRUE(swept.removed.empty());
  ASSERT_TRUE(asked && asked->run && asked->server);
  EXPECT_EQ(asked->run->run, "r-1");
  EXPECT_TRUE(is_alive(*asked->server));

  PostgresServer server = PostgresServer::attach(directory);
  EXPECT_EQ(server.pid(), asked->server->pid);
  EXPECT_EQ(ask(server.url(), "select 1"), "1");
  server.kill_server();
  server = PostgresServer::attach(leave_behind(owned));
  server.remove();
}

TEST_F(DisposablePostgres, IsStartedAgainByAttachWhereItDied) {
  PostgresOptions owned = options();
  owned.run = RunOwner{"/state", "r-1"};
  std::string directory;
  std::string url;
  {
    PostgresServer server = PostgresServer::start(owned);
    directory = server.directory();
    url = server.url();
    ASSERT_EQ(ask(url, "create table kept as select 5 as n"), "");
    server.kill_server();
  }
  PostgresServer server = PostgresServer::attach(directory);
  EXPECT_EQ(server.url(), url);
  EXPECT_EQ(ask(server.url(), "select n from kept"), "5");
  server.remove();
}

TEST_F(DisposablePostgres, IsSweptOnceNoRunOwnsIt) {
  PostgresOptions owned = options();
  owned.run = RunOwner{"/state", "r-1"};
  const std::string directory = leave_behind(owned);
  const auto mark = read_mark(directory);
  ASSERT_TRUE(mark && mark->server && is_alive(*mark->server));
  const auto swept = sweep(parent_, [](const Mark&) { return false; });
  EXPECT_THAT(swept.removed, Contains(directory));
  EXPECT_TRUE(swept.problems.empty());
  EXPECT_FALSE(fs::exists(directory));
  EXPECT_FALSE(is_alive(*mark->server));
}

TEST_F(DisposablePostgres, IsLeftByASweepWhereItIsKeptOrHeld) {
  PostgresOptions kept = options();
  kept.keep = true;
  const std::string directory = leave_behind(kept);
  const PostgresServer held = PostgresServer::start(options());
  const auto swept = sweep(parent_, [](const Mark&) { return false; });
  EXPECT_THAT(swept.removed, Not(Contains(directory)));
  EXPECT_THAT(swept.removed, Not(Contains(held.directory())));
  EXPECT_TRUE(held.is_running());
  PostgresServer::attach(directory).remove();
}

TEST_F(DisposablePostgres, IsNotAttachedByTwo) {
  const PostgresServer held = PostgresServer::start(options());
  try {
    PostgresServer::attach(held.directory());
    FAIL() << "two held one server";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::conflict);
    EXPECT_THAT(error.message(), HasSubstr(std::to_string(::getpid())));
  }
  EXPECT_TRUE(held.is_running());
}

TEST_F(DisposablePostgres, ThatWasNeverFinishedIsMadeAgainByAttach) {
  PostgresOptions owned = options();
  owned.run = RunOwner{"/state", "r-1"};
  const std::string directory = leave_behind(owned);
  Mark half = *read_mark(directory);
  half.ready = false;
  write_mark(directory, half);
  PostgresServer server = PostgresServer::attach(directory);
  EXPECT_NE(server.pid(), half.server->pid);
  EXPECT_EQ(ask(server.url(), "select 1"), "1");
  server.remove();
}

TEST_F(DisposablePostgres, SaysWhatTheServerSaidWhereItDoesNotStart) {
  PostgresOptions broken = options();
  broken.settings = {{"no_such_setting", "1"}};
  try {
    PostgresServer::start(broken);
    FAIL() << "started with an unknown setting";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::unavailable);
    EXPECT_THAT(error.message(), HasSubstr("no_such_setting"));
  }
  EXPECT_TRUE(fs::is_empty(parent_));
}

}  // namespace
}  // namespace sluice::disposable
