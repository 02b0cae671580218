#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>
#include <string>

#include "base/error.hpp"
#include "base/file.hpp"
#include "journal/inbox.hpp"
#include "journal/run_lock.hpp"
#include "journal/state_directory.hpp"
#include "journal_support.hpp"

namespace sluice::journal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

mode_t mode_of(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

TEST(StateDirectory, MakesAPrivateFolderForARun) {
  const TestDirectory directory;
  StateDirectory state(directory.file(".sluice"));

  const std::string id = state.create_run();

  EXPECT_THAT(id, MatchesRegex("r-[0-9a-f]{6}"));
  EXPECT_EQ(mode_of(state.path()), 0700u);
  EXPECT_EQ(mode_of(state.run_path(id)), 0700u);
  EXPECT_EQ(mode_of(state.inbox_path(id)), 0700u);
  EXPECT_EQ(read_file(state.path() + "/.gitignore"), "*\n");
}

TEST(StateDirectory, ListsRunsOldestFirst) {
  const TestDirectory directory;
  StateDirectory state(directory.file(".sluice"));
  std::vector<std::string> made;
  for (int i = 0; i < 20; ++i) made.push_back(state.create_run());

  EXPECT_EQ(state.runs(), made);
}

TEST(StateDirectory, LooksWithoutMakingAnything) {
  const TestDirectory directory;
  const StateDirectory state(directory.file(".sluice"));

  EXPECT_TRUE(state.runs().empty());
  EXPECT_THAT(message_of([&] { state.find_run("r-7f2"); }), HasSubstr("no run r-7f2, there are no runs"));
  EXPECT_FALSE(std::filesystem::exists(state.path()));
}

TEST(StateDirectory, LeavesOutWhatIsNoRun) {
  const TestDirectory directory;
  StateDirectory state(directory.file(".sluice"));
  const std::string id = state.create_run();
  std::filesystem::create_directories(state.path() + "/runs/.new-0123456789abcdef");
  std::filesystem::create_directories(state.path() + "/runs/backup");

  EXPECT_THAT(state.runs(), ElementsAre(id));
}

TEST(StateDirectory, FindsARunByTheBeginningOfItsId) {
  const TestDirectory directory;
  const StateDirectory state(directory.file(".sluice"));
  for (const char* id : {"r-7f2a10", "r-7f2b11", "r-901234"}) std::filesystem::create_directories(state.run_path(id));

  EXPECT_EQ(state.find_run("r-7f2a"), "r-7f2a10");
  EXPECT_EQ(state.find_run("90"), "r-901234");
  EXPECT_THAT(message_of([&] { state.find_run("r-7f2"); }), HasSubstr("several runs begin so: r-7f2a10, r-7f2b11"));
  EXPECT_THAT(message_of([&] { state.find_run("r-55"); }), HasSubstr("no run r-55; the newest are r-7f2a10"));
  EXPECT_THAT(message_of([&] { state.find_run(""); }), HasSubstr("no run"));
}

TEST(RunLock, IsSeenWhileTheEngineLivesAndGoneAfterAKill) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  EXPECT_EQ(find_lock_holder(path), std::nullopt);
  {
    const auto journal = open_journal(path);
    EXPECT_EQ(find_lock_holder(path), std::optional<int64_t>(::getpid()));
    // Looking leaves the lock alone.
    EXPECT_EQ(find_lock_holder(path), std::optional<int64_t>(::getpid()));
  }
  EXPECT_EQ(find_lock_holder(path), std::nullopt);

  run_in_child([&] {
    const RunLock lock(path, Opening::exclusive);
    return ::raise(SIGKILL);
  });
  EXPECT_EQ(find_lock_holder(path), std::nullopt);
  const RunLock next(path, Opening::exclusive);
}

TEST(Inbox, HandsOverMessagesInTheOrderOfSending) {
  const TestDirectory directory;
  const Inbox inbox(directory.path());
  for (int i = 0; i < 12; ++i) inbox.send(MessageKind::note, "note " + std::to_string(i));
  inbox.send(MessageKind::cancel, "wrong \"target\"");

  const std::vector<InboxMessage> messages = inbox.take();

  ASSERT_EQ(messages.size(), 13u);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(messages[i].text, "note " + std::to_string(i));
  EXPECT_EQ(messages[12].kind, MessageKind::cancel);
  EXPECT_EQ(messages[12].text, "wrong \"target\"");
  EXPECT_THAT(messages[12].from, HasSubstr("process " + std::to_string(::getpid())));
  EXPECT_GT(messages[12].time_us, 0);
  EXPECT_TRUE(inbox.take().empty());
}

TEST(Inbox, KeepsAMessageUntilItIsRemoved) {
  const TestDirectory directory;
  const Inbox inbox(directory.path());
  inbox.send(MessageKind::note, "hello");

  EXPECT_EQ(inbox.pending().size(), 1u);
  const std::vector<InboxMessage> messages = inbox.pending();
  ASSERT_EQ(messages.size(), 1u);
  inbox.remove(messages);
  EXPECT_TRUE(inbox.pending().empty());
}

TEST(Inbox, LeavesFilesAloneThatAreStillBeingWritten) {
  const TestDirectory directory;
  std::ofstream(directory.file(".0001.json.tmp")) << "{\"kind\":";
  std::ofstream(directory.file(".0002.json")) << "{\"kind\":";

  EXPECT_TRUE(Inbox(directory.path()).take().empty());
  EXPECT_TRUE(std::filesystem::exists(directory.file(".0001.json.tmp")));
}

TEST(Inbox, SetsAsideWhatIsNoMessageAndSaysWhy) {
  const TestDirectory directory;
  std::ofstream(directory.file("1.json")) << "{\"kind\":";
  std::ofstream(directory.file("2.json")) << R"({"kind":"explode","text":"x"})";
  std::ofstream(directory.file("3.json")) << R"({"kind":"note"})";
  std::ofstream(directory.file("4.json")) << "\"" << std::string(70000, 'x') << "\"";
  std::filesystem::create_symlink("/etc/passwd", directory.file("5.json"));
  ASSERT_EQ(::mkfifo(directory.file("6.json").c_str(), 0600), 0);

  const std::vector<InboxMessage> messages = Inbox(directory.path()).take();

  ASSERT_EQ(messages.size(), 6u);
  for (const InboxMessage& message : messages) EXPECT_EQ(message.kind, MessageKind::note);
  EXPECT_THAT(messages[0].text, HasSubstr("1.json is no message"));
  EXPECT_THAT(messages[1].text, HasSubstr("kind \"explode\", expected cancel or note"));
  EXPECT_THAT(messages[3].text, HasSubstr("larger than 64 KiB"));
  EXPECT_THAT(messages[5].text, HasSubstr("not a regular file"));
  EXPECT_TRUE(std::filesystem::exists(directory.file("refused-1.json")));
  EXPECT_TRUE(Inbox(directory.path()).take().empty());
}

TEST(Inbox, SaysThatARunIsNotThere) {
  EXPECT_THAT(message_of([] { Inbox("/nowhere/inbox").send(MessageKind::note, "x"); }), HasSubstr("/nowhere/inbox"));
}

}  // namespace
}  // namespace sluice::journal
