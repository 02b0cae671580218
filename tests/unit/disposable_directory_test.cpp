#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/error.hpp"
#include "disposable/child.hpp"
#include "disposable/private_directory.hpp"
#include "disposable/sqlite_file.hpp"
#include "disposable/sweep.hpp"

namespace sluice::disposable {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Disposables : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = default_parent() + "/sluice-test-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    parent_ = pattern;
  }
  void TearDown() override { fs::remove_all(parent_); }

  /// As if the engine that held it had been killed: nobody holds it, and its owner never lived.
  void orphan(const std::string& directory) const {
    Mark mark = *read_mark(directory);
    mark.owner.pid_start += 1;
    write_mark(directory, mark);
  }

  std::string parent_;
};

TEST_F(Disposables, ASqliteFileEndsWithItsOwner) {
  std::string directory;
  {
    const SqliteFile file = SqliteFile::create(parent_);
    directory = file.directory();
    struct stat info {};
    ASSERT_EQ(::stat(directory.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0700U);
    std::ofstream(file.path()) << "rows";
    EXPECT_EQ(file.url(), "sqlite:" + file.path());
  }
  EXPECT_FALSE(fs::exists(directory));
}

TEST_F(Disposables, ASqliteFileOfARunIsFoundAgainWithItsContent) {
  std::string directory;
  {
    SqliteFile file = SqliteFile::create(parent_);
    directory = file.directory();
    std::ofstream(file.path()) << "rows";
    file.own_by({"/state", "r-1"});
  }
  ASSERT_TRUE(fs::exists(directory));
  SqliteFile file = SqliteFile::attach(directory);
  std::ifstream stream(file.path());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}), "rows");
  file.remove();
  EXPECT_FALSE(fs::exists(directory));
}

TEST_F(Disposables, ASweepTakesOnlyWhatIsMarkedAndAbandoned) {
  fs::create_directory(parent_ + "/sluice-unmarked");
  SqliteFile living = SqliteFile::create(parent_);
  SqliteFile kept = SqliteFile::create(parent_);
  kept.set_keep(true);
  std::string abandoned;
  std::string owned;
  {
    SqliteFile first = SqliteFile::create(parent_, RunOwner{"/state", "finished"});
    SqliteFile second = SqliteFile::create(parent_, RunOwner{"/state", "unfinished"});
    abandoned = first.directory();
    owned = second.directory();
  }
  for (const auto& directory : {abandoned, owned, kept.directory()}) orphan(directory);
  const auto swept = sweep(parent_, [](const Mark& mark) { return mark.run->run == "unfinished"; });
  EXPECT_THAT(swept.removed, ElementsAre(abandoned));
  EXPECT_TRUE(swept.problems.empty());
  EXPECT_TRUE(fs::exists(parent_ + "/sluice-unmarked"));
  EXPECT_TRUE(fs::exists(living.directory()));
  EXPECT_TRUE(fs::exists(kept.directory()));
  EXPECT_TRUE(fs::exists(owned));
  SqliteFile::attach(owned).remove();
}

TEST_F(Disposables, ASweepReportsAMarkItCannotRead) {
  fs::create_directory(parent_ + "/sluice-odd");
  std::ofstream(parent_ + "/sluice-odd/" + kMarkFile) << "{\"kind\": 7}";
  const auto swept = sweep(parent_, [](const Mark&) { return false; });
  ASSERT_EQ(swept.problems.size(), 1U);
  EXPECT_THAT(swept.problems[0], HasSubstr("sluice-odd"));
  EXPECT_TRUE(fs::exists(parent_ + "/sluice-odd"));
}

TEST_F(Disposables, AMarkComesBackAsWritten) {
  Mark mark;
  mark.kind = "postgres";
  mark.created = "2026-01-02T03:04:05Z";
  mark.owner = this_process();
  mark.run = RunOwner{"/a \"state\"", "r-7f2"};
  mark.keep = true;
  mark.server = ProcessIdentity{"here", "boot", 77, 12345678901234};
  mark.port = 54321;
  mark.tcp = false;
  mark.durable = true;
  mark.ready = true;
  write_mark(parent_, mark);
  const Mark read = *read_mark(parent_);
  EXPECT_EQ(read.kind, mark.kind);
  EXPECT_EQ(read.created, mark.created);
  EXPECT_EQ(read.run->state, mark.run->state);
  EXPECT_EQ(read.run->run, "r-7f2");
  EXPECT_TRUE(read.keep);
  EXPECT_EQ(read.server->pid_start, mark.server->pid_start);
  EXPECT_EQ(read.server->boot_id, "boot");
  EXPECT_EQ(read.port, 54321);
  EXPECT_FALSE(read.tcp);
  EXPECT_TRUE(read.durable);
  EXPECT_TRUE(read.ready);
  EXPECT_TRUE(is_alive(read.owner));
  struct stat info {};
  ASSERT_EQ(::stat((parent_ + "/" + kMarkFile).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST(ProcessIdentity, TellsAReusedNumberAndAZombieFromALivingProcess) {
  ProcessIdentity other = this_process();
  EXPECT_TRUE(is_alive(other));
  other.pid_start += 1;
  EXPECT_FALSE(is_alive(other));
  other = this_process();
  other.boot_id = "another boot";
  EXPECT_FALSE(is_alive(other));

  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(identity_of(child));
  ::waitpid(child, nullptr, 0);
}

class Children : public Disposables {
 protected:
  ChildOptions shell(const std::string& script) const {
    return {"/bin/sh", {"-c", script}, {"GIVEN=yes"}, "/", parent_ + "/log", {}, std::nullopt};
  }
  std::string log() const {
    std::ifstream stream(parent_ + "/log");
    return {std::istreambuf_iterator<char>(stream), {}};
  }
};

TEST_F(Children, SeeOnlyTheEnvironmentAndFilesTheyAreGiven) {
  ::setenv("NOT_GIVEN", "secret", 1);
  const int leaked = ::open(parent_.c_str(), O_RDONLY);
  ASSERT_EQ(run_child(shell("echo $GIVEN $NOT_GIVEN; ls /proc/self/fd | tr '\\n' ' '")), 0);
  ::close(leaked);
  EXPECT_EQ(log(), "yes\n0 1 2 3 ");
}

TEST_F(Children, GiveTheirExitCodeOrTheirSignal) {
  EXPECT_EQ(run_child(shell("exit 7")), 7);
  EXPECT_EQ(run_child(shell("kill -9 $$")), 137);
}

TEST_F(Children, ThatCannotBeExecutedAreAnErrorAndNotAChild) {
  ChildOptions missing = shell("");
  missing.program = "/no/such/program";
  try {
    start_child(missing);
    FAIL() << "started nothing";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("/no/such/program"));
    EXPECT_THAT(error.message(), HasSubstr("No such file"));
  }
}

TEST_F(Children, BecomeTheUserTheyAreGiven) {
  const auto user = unprivileged_user();
  if (!user) GTEST_SKIP() << "not root: there is no other user to become";
  ChildOptions options = shell("id -u; id -G");
  options.user = user;
  ASSERT_EQ(run_child(options), 0);
  EXPECT_EQ(log(), std::to_string(user->uid) + "\n" + std::to_string(user->gid) + "\n");
}

}  // namespace
}  // namespace sluice::disposable
