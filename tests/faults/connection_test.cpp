#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "disposable/postgres_server.hpp"
#include "faults/proxy.hpp"
#include "scenarios/project.hpp"
#include "scenarios/stalled_run.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

using disposable::PostgresServer;
using testing::HasSubstr;

/// Run, then resume as long as it ends resumable; false where that leads nowhere.
bool bring_to_an_end(const Project& project, std::string& said) {
  Ending ending = project.sluice({"run", "shop.lua"});
  for (int i = 0; i < 3 && ending.code != 0; ++i) {
    said += ending.out + ending.err;
    const bool has_run = !project.runs().empty();
    ending = project.sluice(has_run ? std::vector<std::string>{"resume"} : std::vector<std::string>{"run", "shop.lua"});
  }
  said += ending.out + ending.err;
  return ending.code == 0;
}

WorkflowParts small_chunks() {
  WorkflowParts parts;
  parts.chunk_rows = 100;
  return parts;
}

/// One small migration through the proxy, cut at the nth COMMIT.
void expect_right_after_cut(const TestDatabase& database, CommitProxy& proxy, int number, Cut how) {
  SCOPED_TRACE("COMMIT number " + std::to_string(number) + (how == Cut::after_commit ? ", done" : ", never arrived"));
  PgSession(database.url())
      .execute("set client_min_messages = error; drop schema if exists shop cascade; drop schema if exists sluice cascade");
  const Project project(proxy.url(), shop_workflow(Target::postgres, small_chunks()));
  make_small_shop(project / "shop.db");
  proxy.cut_at(number, how);
  std::string said;
  EXPECT_TRUE(bring_to_an_end(project, said)) << said;
  EXPECT_TRUE(proxy.has_cut());
  EXPECT_TRUE(has_same_rows(project / "shop.db", database.url(), small_shop_rows())) << said;
  EXPECT_EQ(PgSession(database.url()).number("select count(*) from pg_indexes where schemaname = 'shop'"), 2);
}

int count_commits(const TestDatabase& database, CommitProxy& proxy) {
  const Project project(proxy.url(), shop_workflow(Target::postgres, small_chunks()));
  make_small_shop(project / "shop.db");
  proxy.cut_at(0, Cut::after_commit);
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(has_same_rows(project / "shop.db", database.url(), small_shop_rows()));
  return proxy.commits();
}

TEST(Connection, LostInsideAnyCommitLosesAndDoublesNothing) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  CommitProxy proxy(database.url());
  const int commits = count_commits(database, proxy);
  ASSERT_GE(commits, 10);
  const int stride = std::max(1, commits / 12);
  int cuts = 0;
  for (int number = 1; number <= commits; number += stride, ++cuts) {
    expect_right_after_cut(database, proxy, number, cuts % 2 == 0 ? Cut::after_commit : Cut::before_commit);
  }
  std::printf("%d of %d COMMITs cut\n", cuts, commits);
}

TEST(Connection, CutAgainAndAgainByTheServerLosesNothing) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  Project project(database.url());
  make_shop(project / "shop.db");
  Program program = project.start({"run", "shop.lua"});
  ASSERT_TRUE(wait_for(program, "prepare.tables")) << program.err();
  PgSession session(database.url());
  int cut = 0;
  for (int i = 0; i < 3 && program.is_running(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    cut += static_cast<int>(session.number("select count(pg_terminate_backend(pid)) from pg_stat_activity "
                                           "where datname = current_database() and pid <> pg_backend_pid()"));
  }
  Ending ending = program.wait();
  EXPECT_GT(cut, 0);
  if (ending.code != 0) ending = project.sluice({"resume"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(has_same_rows(project / "shop.db", database.url(), shop_rows()));
}

/// A server of the test's own that may be lost.
class LostServer {
 public:
  LostServer() : server_(PostgresServer::start()), project_(server_.url()) { make_shop(project_ / "shop.db"); }

  /// Kills the server while rows are copied.
  std::unique_ptr<Program> run_until_server_is_lost() {
    auto program = std::make_unique<Program>(sluice_path(), std::vector<std::string>{"run", "shop.lua"}, project_.options());
    EXPECT_TRUE(wait_for(*program, "prepare.tables")) << program->err();
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    server_.kill_server();
    return program;
  }
  void restart() {
    server_.restart();
    project_.options().environment["SHOP_URL"] = server_.url();
  }
  bool is_complete() const { return has_same_rows(project_ / "shop.db", server_.url(), shop_rows()); }
  Project& project() { return project_; }

 private:
  PostgresServer server_;
  Project project_;
};

TEST(Server, LostInMidCopyEndsTheRunResumableAndResumeFinishesIt) {
  SLUICE_REQUIRE_POSTGRES();
  LostServer lost;
  const auto program = lost.run_until_server_is_lost();
  const Ending ending = program->wait();
  ASSERT_EQ(ending.code, 1) << ending.out << ending.err;
  const Ending away = lost.project().sluice({"resume"});
  EXPECT_EQ(away.code, 1) << away.out << away.err;
  lost.restart();
  const Ending resumed = lost.project().sluice({"resume"});
  EXPECT_EQ(resumed.code, 0) << resumed.out << resumed.err;
  EXPECT_TRUE(lost.is_complete());
}

TEST(Server, LostForAMomentIsWaitedFor) {
  SLUICE_REQUIRE_POSTGRES();
  LostServer lost;
  const auto program = lost.run_until_server_is_lost();
  lost.restart();
  Ending ending = program->wait();
  if (ending.code == 1) ending = lost.project().sluice({"resume"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_TRUE(lost.is_complete());
}

}  // namespace
}  // namespace sluice::test
