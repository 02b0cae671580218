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

/// The one writer of a journal file. Owned and used by the scheduler's thread. All checkpoints are its own, done after
/// a commit and at a clean end, and only under the run's lock: SQLite before 3.51.3 can lose a reset WAL when two
/// connections write or checkpoint, and a writer that was taken over from may only be stopped.
class SqliteWriter : public Journal {
 public:
  SqliteWriter(const std::string& path, Opening opening);
  ~SqliteWriter() override;

  void append(std::vector<Event>& batch) override;
  std::vector<Event> events(int64_t from) override;

 private:
  enum class State { good, full, failed, replaced };

  void prepare_file();
  void prepare_connection();
  void become_writer();
  void require_writable(const std::vector<Event>& batch) const;
  void seal(std::vector<Event>& batch) const;
  bool write_transaction(const std::vector<Event>& batch);
  bool is_my_epoch();
  void insert(const Event& event);
  void end_transaction();
  [[noreturn]] void fail(const SQLite::Exception& error);
  [[noreturn]] void throw_replaced() const;
  void extend_log();
  void checkpoint_when_due();

  std::string path_;
  RunLock lock_;  // before the database, so that it is let go after the last checkpoint
  Reserve reserve_;
  std::unique_ptr<SQLite::Database> database_;
  std::unique_ptr<SQLite::Statement> begin_, epoch_query_, insert_, commit_, select_;
  State state_ = State::good;
  bool is_log_extended_ = false;
  int wal_pages_ = 0;
  int pages_at_checkpoint_ = 0;
  int64_t epoch_ = 0;
  int64_t last_seq_ = 0;
  std::string last_hash_;
};

}  // namespace sluice::journal
