#include <SQLiteCpp/Database.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include "base/error.hpp"
#include "base/file.hpp"
#include "journal/journal.hpp"
#include "journal_support.hpp"

namespace sluice::journal {
namespace {

TEST(JournalReader, SeesWhatALiveWriterHasAppended) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  const auto writer = open_journal(path);
  const auto reader = read_journal(path);
  EXPECT_TRUE(reader->events(1).empty());

  append_one(*writer, make_event("run_started"));
  EXPECT_EQ(reader->events(1).size(), 1u);
  append_one(*writer, make_event("note"));
  EXPECT_EQ(reader->events(2).at(0).kind, "note");
}

TEST(JournalReader, SeesOnlyWholeBatchesWhileTheWriterIsBusy) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  const auto writer = open_journal(path);
  std::atomic<bool> has_ended{false};
  std::thread writing([&] {
    for (int i = 0; i < 300; ++i) {
      std::vector<Event> batch(8, make_event("note"));
      writer->append(batch);
    }
    has_ended = true;
  });
  size_t seen = 0;
  while (!has_ended) {
    const auto reader = read_journal(path);
    const size_t count = reader->events(1).size();
    EXPECT_EQ(count % 8, 0u);
    EXPECT_GE(count, seen);
    seen = count;
  }
  writing.join();
  EXPECT_EQ(read_journal(path)->events(1).size(), 2400u);
}

TEST(JournalReader, ChangesNeitherTheDatabaseNorTheLogAKilledWriterLeft) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  run_in_child([&] {
    const auto journal = open_journal(path);
    for (int i = 0; i < 20; ++i) append_one(*journal, make_event("note"));
    return ::raise(SIGKILL);
  });
  const std::string database = read_file(path);
  const std::string log = read_file(path + "-wal");
  ASSERT_FALSE(log.empty());

  EXPECT_EQ(read_journal(path)->events(1).size(), 20u);

  EXPECT_EQ(read_file(path), database);
  EXPECT_EQ(read_file(path + "-wal"), log);
}

TEST(JournalReader, RebuildsALostIndexOfTheLog) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  run_in_child([&] {
    const auto journal = open_journal(path);
    append_one(*journal, make_event("note"));
    return ::raise(SIGKILL);
  });
  std::filesystem::remove(path + "-shm");

  EXPECT_EQ(read_journal(path)->events(1).size(), 1u);
}

TEST(JournalReader, ReadsAJournalWhoseRunHasEnded) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  append_one(*open_journal(path), make_event("run_ended"));
  ASSERT_FALSE(std::filesystem::exists(path + "-wal"));

  EXPECT_EQ(read_journal(path)->events(1).size(), 1u);
  EXPECT_EQ(read_journal(path)->events(1).size(), 1u);
}

TEST(JournalReader, FindsAnEmptyFileOfAWriterKilledAtItsStartEmpty) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  std::ofstream(path).flush();

  EXPECT_TRUE(read_journal(path)->events(1).empty());
}

/// Whether some process but the caller holds SQLite's shared lock on a database file.
bool is_locked_by_another(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY));
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = 0x40000002;
  lock.l_len = 510;
  return ::fcntl(file.get(), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

TEST(JournalReader, LeavesTheLocksOfAWriterInTheSameProcessAlone) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  const auto writer = open_journal(path);
  append_one(*writer, make_event("note"));
  const auto is_locked = [&] {
    return WEXITSTATUS(run_in_child([&] { return is_locked_by_another(path) ? 1 : 0; })) == 1;
  };
  ASSERT_TRUE(is_locked());

  read_journal(path)->events(1);

  EXPECT_TRUE(is_locked());
}

TEST(JournalReader, SaysWhichJournalIsNotThere) {
  try {
    read_journal("/nowhere/journal.db");
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::not_found);
    EXPECT_THAT(error.message(), testing::HasSubstr("/nowhere/journal.db"));
  }
}

TEST(JournalReader, DoesNotWrite) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  const auto writer = open_journal(path);
  const auto reader = read_journal(path);

  EXPECT_THROW(append_one(*reader, make_event("note")), Error);
}

/// A journal of five events, changed by `sql` behind its back.
std::string error_after(const std::string& sql) {
  const TestDirectory directory;
  const std::string path = directory.file("journal.db");
  {
    const auto writer = open_journal(path);
    for (int i = 0; i < 5; ++i) append_one(*writer, make_event("note", "copy.rows"));
  }
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec(sql);
  try {
    verify_chain(*read_journal(path));
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(JournalChain, FitsAnUntouchedJournal) { EXPECT_EQ(error_after("SELECT 1"), ""); }

TEST(JournalChain, NamesTheFirstEventThatWasChanged) {
  using testing::HasSubstr;
  EXPECT_THAT(error_after("UPDATE events SET data = '{\"rows\":1}' WHERE seq >= 3"), HasSubstr("event 3 (note)"));
  EXPECT_THAT(error_after("UPDATE events SET time_us = time_us + 1 WHERE seq = 2"), HasSubstr("event 2"));
  EXPECT_THAT(error_after("UPDATE events SET node = 'copy.', task = 'rows' WHERE seq = 4"), HasSubstr("event 4"));
  EXPECT_THAT(error_after("DELETE FROM events WHERE seq = 2"), HasSubstr("expected event 2"));
  EXPECT_THAT(error_after("DELETE FROM events WHERE seq = 1"), HasSubstr("expected event 1"));
}

}  // namespace
}  // namespace sluice::journal
