#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>

#include "base/system_error.hpp"
#include "journal/sqlite_file.hpp"

namespace sluice::journal {
namespace {

constexpr int kBusyTimeoutMs = 5000;

/// A reader that changes nothing in the database: no checkpoint, also not when it is the last to close. It may rebuild
/// the index of the WAL (-shm) that a killed writer left, so it needs the right to write in the directory.
class SqliteReader : public Journal {
 public:
  explicit SqliteReader(const std::string& path) : path_(path) {
    // Not by opening it: closing a file frees the locks that SQLite holds on it for a writer in this process.
    if (::access(path.c_str(), R_OK) != 0) throw error_from_errno(errno, path + ": cannot open the journal");
    try {
      database_ = std::make_unique<SQLite::Database>(path, SQLite::OPEN_READONLY, kBusyTimeoutMs);
      sqlite3_db_config(database_->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
      is_ready_ = has_schema(*database_, path_);
    } catch (const SQLite::Exception& error) {
      throw sqlite_error(path_, error);
    }
  }

  void append(std::vector<Event>&) override { throw Error(Code::internal, path_ + ": opened for reading only"); }

  std::vector<Event> events(int64_t from) override {
    try {
      // A run that is only just starting has a file without the table for an instant.
      if (!is_ready_) is_ready_ = has_schema(*database_, path_);
      if (!is_ready_) return {};
      return select(from);
    } catch (const SQLite::Exception& error) {
      throw sqlite_error(path_, error);
    }
  }

 private:
  std::vector<Event> select(int64_t from) {
    std::vector<Event> events;
    if (!select_) select_ = std::make_unique<SQLite::Statement>(*database_, kSelectEvents);
    select_->reset();
    select_->bind(1, from);
    while (select_->executeStep()) events.push_back(read_event(*select_));
    // A statement left open would keep the writer from emptying its WAL.
    select_->reset();
    return events;
  }

  std::string path_;
  std::unique_ptr<SQLite::Database> database_;
  std::unique_ptr<SQLite::Statement> select_;
  bool is_ready_ = false;
};

}  // namespace

std::unique_ptr<Journal> read_journal(const std::string& path) { return std::make_unique<SqliteReader>(path); }

}  // namespace sluice::journal
