#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "base/error.hpp"
#include "journal/journal.hpp"
#include "journal_support.hpp"

namespace sluice::journal {
namespace {

using testing::HasSubstr;

Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("expected a sluice::Error");
}

TEST(JournalWriter, GivesBackWhatWasAppendedInOrder) {
  const TestDirectory directory;
  const auto journal = open_journal(directory.file("journal.db"));
  Event first = make_event("node_started", "copy.rows", R"({"attempt":1})");
  first.task = "orders/3";
  first.generation = 4000000000;
  std::vector<Event> batch{first, make_event("note", "", std::string("{\"text\":\"a\0b\"}", 14))};

  journal->append(batch);

  const std::vector<Event> events = journal->events(1);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, "node_started");
  EXPECT_EQ(events[0].node, "copy.rows");
  EXPECT_EQ(events[0].task, "orders/3");
  EXPECT_EQ(events[0].generation, 4000000000u);
  EXPECT_EQ(events[0].data, R"({"attempt":1})");
  EXPECT_EQ(events[1].data.size(), 14u);
  EXPECT_EQ(events[0].seq, 1);
  EXPECT_EQ(events[1].seq, 2);
  EXPECT_GT(events[0].time_us, 1'600'000'000'000'000);
  EXPECT_EQ(events[0].hash, batch[0].hash);
}

TEST(JournalWriter, GoesOnWhereTheProcessBeforeItEnded) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  append_one(*open_journal(path), make_event("run_started"));

  const auto journal = open_journal(path);
  append_one(*journal, make_event("run_resumed"));

  EXPECT_EQ(journal->events(2).at(0).kind, "run_resumed");
  EXPECT_EQ(journal->events(2).at(0).seq, 2);
  verify_chain(*journal);
}

TEST(JournalWriter, KeepsEverythingAppendedBeforeAKill) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  const int status = run_in_child([&] {
    const auto journal = open_journal(path);
    for (int i = 0; i < 50; ++i) append_one(*journal, make_event("note"));
    return ::raise(SIGKILL);
  });
  ASSERT_TRUE(WIFSIGNALED(status));

  EXPECT_EQ(read_journal(path)->events(1).size(), 50u);
  const auto journal = open_journal(path);
  EXPECT_EQ(journal->events(1).size(), 50u);
  append_one(*journal, make_event("run_resumed"));
  verify_chain(*journal);
}

TEST(JournalWriter, RefusesASecondWriterAndNamesTheFirst) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  const auto journal = open_journal(path);

  const Error error = error_of([&] { open_journal(path); });

  EXPECT_EQ(error.code(), Code::conflict);
  EXPECT_THAT(error.message(), HasSubstr("process " + std::to_string(::getpid())));
}

TEST(JournalWriter, FencesOffTheWriterThatWasTakenOverFrom) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  auto stale = open_journal(path);
  append_one(*stale, make_event("run_started"));

  const auto journal = open_journal(path, Opening::take_over);
  append_one(*journal, make_event("run_resumed"));

  for (int attempt = 0; attempt < 2; ++attempt) {
    const Error error = error_of([&] { append_one(*stale, make_event("node_passed")); });
    EXPECT_EQ(error.code(), Code::conflict);
    EXPECT_EQ(error.sqlstate(), "SL002");
  }
  stale.reset();
  EXPECT_TRUE(std::filesystem::exists(path + ".reserve"));
  append_one(*journal, make_event("run_ended"));
  EXPECT_EQ(journal->events(1).size(), 3u);
  verify_chain(*journal);
}

TEST(JournalWriter, TakesTheLockOverOnceItsStoppedHolderIsGone) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  auto stale = open_journal(path);
  const auto journal = open_journal(path, Opening::take_over);
  stale.reset();

  append_one(*journal, make_event("note"));

  EXPECT_EQ(error_of([&] { open_journal(path); }).code(), Code::conflict);
}

TEST(JournalWriter, MakesItsFilesPrivate) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  const mode_t umask_before = ::umask(0);
  const auto journal = open_journal(path);
  append_one(*journal, make_event("note"));
  ::umask(umask_before);

  for (const std::string suffix : {"", "-wal", "-shm", ".lock", ".reserve"}) {
    struct stat status = {};
    ASSERT_EQ(::stat((path + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 07777, 0600u) << suffix;
  }
}

TEST(JournalWriter, RefusesADatabaseOfAnotherProgram) {
  const TestDirectory directory;
  const std::string path = directory.file("other.db");
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE customers (id INTEGER)");

  const Error error = error_of([&] { open_journal(path); });

  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.message(), HasSubstr("another program"));
}

TEST(JournalWriter, RefusesAnotherVersionOfTheFormat) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  append_one(*open_journal(path), make_event("note"));
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 7");

  EXPECT_THAT(error_of([&] { open_journal(path); }).message(), HasSubstr("journal format 7, expected 1"));
}

TEST(JournalWriter, RefusesWhatIsNoDatabase) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  std::filesystem::copy_file("/bin/sh", path);
  std::filesystem::permissions(path, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);

  EXPECT_EQ(error_of([&] { open_journal(path); }).code(), Code::data);
}

TEST(JournalWriter, WritesAllOfABatchOrNothingAndThenNoMore) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  const auto journal = open_journal(path);
  append_one(*journal, make_event("run_started"));
  // Another hand puts an event where the next batch's second event goes: the insert fails in the middle of the batch.
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("INSERT INTO events VALUES (3, 0, 'note', '', '', 0, '{}', '')");
  std::vector<Event> batch{make_event("note"), make_event("note")};

  EXPECT_THROW(journal->append(batch), Error);

  EXPECT_EQ(journal->events(1).size(), 2u);
  const Error refused = error_of([&] { append_one(*journal, make_event("note")); });
  EXPECT_EQ(refused.code(), Code::unavailable);
  EXPECT_THROW(append_one(*journal, make_event("run_ended")), Error);
  EXPECT_EQ(journal->events(1).size(), 2u);
}

TEST(JournalWriter, KeepsItsWriteAheadLogShortByItself) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  const auto journal = open_journal(path);
  const std::string data = "{\"text\":\"" + std::string(3000, 'x') + "\"}";

  for (int i = 0; i < 400; ++i) {
    std::vector<Event> batch(8, make_event("note", "", data));
    journal->append(batch);
  }

  EXPECT_LT(std::filesystem::file_size(path + "-wal"), 12'000'000u);
  EXPECT_EQ(journal->events(1).size(), 3200u);
}

}  // namespace
}  // namespace sluice::journal
