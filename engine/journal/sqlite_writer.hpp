#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <memory>
#include <string>
#include <vector>

#include "journal/journal.hpp"
#include "journal/reserve.hpp"
#include "journal/run_lock.hpp"

namespace sluice::journal {

/// The one writer of a journal file. Owned and used by the scheduler's thread. All checkpoints are its own (SQLite before
/// 3.51.3 can lose a reset WAL when two connections checkpoint), done after a commit and at a clean end.
class SqliteWriter : public Journal {
 public:
  explicit SqliteWriter(const std::string& path);

  void append(std::vector<Event>& batch) override;
  std::vector<Event> events(int64_t from) override;

 private:
  enum class State { good, full, failed };

  void prepare_file();
  void prepare_connection();
  void read_end();
  void require_writable(const std::vector<Event>& batch) const;
  void seal(std::vector<Event>& batch) const;
  void write_transaction(const std::vector<Event>& batch);
  void insert(const Event& event);
  [[noreturn]] void fail(const SQLite::Exception& error);
  void checkpoint_when_due();

  std::string path_;
  RunLock lock_;  // before the database, so that it is let go after the last checkpoint
  Reserve reserve_;
  std::unique_ptr<SQLite::Database> database_;
  std::unique_ptr<SQLite::Statement> begin_, insert_, commit_, select_;
  State state_ = State::good;
  int wal_pages_ = 0;
  int64_t last_seq_ = 0;
  std::string last_hash_;
};

}  // namespace sluice::journal
