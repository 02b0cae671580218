#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/random.hpp"

namespace {

namespace fs = std::filesystem;
using namespace sluice;
using namespace std::chrono_literals;
using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "sluice_files_" + random_hex(6);
    make_private_directory(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static mode_t mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
  }
  std::string folder_;
};

}  // namespace

TEST_F(Files, AreReplacedAsAWhole) {
  const std::string path = folder_ + "/state";
  write_file_atomically(path, "one");
  write_file_atomically(path, "two");
  EXPECT_EQ(read_file(path), "two");
  EXPECT_EQ(mode_of(path), 0600u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(Files, HaveTheModeThatWasAskedFor) {
  const mode_t before = umask(0077);
  write_file_atomically(folder_ + "/report", "x", 0644);
  umask(before);
  EXPECT_EQ(mode_of(folder_ + "/report"), 0644u);
}

TEST_F(Files, LeaveNothingBehindWhenTheRenameFails) {
  fs::create_directory(folder_ + "/taken");
  EXPECT_THROW(write_file_atomically(folder_ + "/taken", "x"), Error);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(Files, NameThePathThatIsMissing) {
  try {
    read_file(folder_ + "/none");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::not_found);
    EXPECT_THAT(error.message(), HasSubstr(folder_ + "/none"));
  }
}

TEST_F(Files, PrivateDirectoriesAreMadeWithTheirParents) {
  make_private_directory(folder_ + "/a/b");
  EXPECT_EQ(mode_of(folder_ + "/a"), 0700u);
  EXPECT_EQ(mode_of(folder_ + "/a/b"), 0700u);
  EXPECT_NO_THROW(make_private_directory(folder_ + "/a/b"));
  chmod((folder_ + "/a/b").c_str(), 0777);
  EXPECT_THROW(make_private_directory(folder_ + "/a/b"), Error);
  write_file_atomically(folder_ + "/file", "");
  EXPECT_THROW(make_private_directory(folder_ + "/file"), Error);
}

TEST(Clocks, AreAdvancedByHand) {
  VirtualClock clock(*calendar_from_text("2026-01-31T13:05:00.000Z"));
  const auto before = clock.stopwatch_now();
  clock.advance(1500ms);
  clock.advance_calendar(24h);
  EXPECT_EQ(calendar_to_text(clock.calendar_now()), "2026-02-01T13:05:01.500Z");
  EXPECT_EQ(clock.stopwatch_now() - before, 1500ms);
}

TEST(Clocks, ReadOnlyWhatTheyWrite) {
  for (const char* text : {"2026-02-29T00:00:00.000Z", "2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T24:00:00.000Z",
                           "2026-01-01T00:00:00.000Z ", ""}) {
    EXPECT_FALSE(calendar_from_text(text)) << text;
  }
  EXPECT_EQ(calendar_to_text(*calendar_from_text("1969-12-31T23:59:59.999Z")), "1969-12-31T23:59:59.999Z");
}

TEST(Processes, AreAliveAsLongAsTheyRun) {
  EXPECT_TRUE(is_alive(this_process()));
  ProcessIdentity reused = this_process();
  reused.pid_start += 1;
  EXPECT_FALSE(is_alive(reused));
  ProcessIdentity before_reboot = this_process();
  before_reboot.boot_id = "another";
  EXPECT_FALSE(is_alive(before_reboot));
  ProcessIdentity elsewhere = before_reboot;
  elsewhere.host = "some.other.host";
  EXPECT_TRUE(is_alive(elsewhere));
}

TEST(Processes, AreDeadOnceKilledThoughNobodyHasWaitedForThem) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const ProcessIdentity self = this_process();
    const bool sent = write(pipe_ends[1], &self.pid_start, sizeof self.pid_start) == sizeof self.pid_start;
    _exit(sent ? 0 : 1);
  }
  ProcessIdentity identity = this_process();
  identity.pid = child;
  ASSERT_EQ(read(pipe_ends[0], &identity.pid_start, sizeof identity.pid_start), static_cast<ssize_t>(sizeof(int64_t)));
  siginfo_t info{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(is_alive(identity));  // a zombie
  waitpid(child, nullptr, 0);
  EXPECT_FALSE(is_alive(identity));
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST(Random, GivesUuidsOfVersionFour) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string text = uuid4_text();
    EXPECT_THAT(text, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    seen.insert(text);
  }
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(random_hex(8).size(), 16u);
}
