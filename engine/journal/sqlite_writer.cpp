#include "journal/sqlite_writer.hpp"

#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/system_error.hpp"
#include "journal/chain.hpp"
#include "journal/events.hpp"
#include "journal/sqlite_file.hpp"

namespace sluice::journal {
namespace {

constexpr int kBusyTimeoutMs = 5000;
constexpr int kCheckpointPages = 1000;
/// While a reader keeps the WAL from being emptied, look again only every so many pages.
constexpr int kCheckpointEvery = 100;

/// From this many pages on a run is long enough to pay for space ahead.
constexpr int kPagesBeforeExtending = 32;
constexpr size_t kZerosBytes = 64 * 1024;
constexpr int64_t kLogBytes = (4096 + 256) * int64_t{1024};

/// SQLite calls this after each commit with the length of the WAL.
int note_wal_pages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

bool is_disk_full(int sqlite_code, int system_error) {
  return (sqlite_code & 0xff) == SQLITE_FULL || system_error == ENOSPC || system_error == EDQUOT;
}

}  // namespace

SqliteWriter::SqliteWriter(const std::string& path, Opening opening)
    : path_(path), lock_(path, opening), reserve_(path + ".reserve") {
  prepare_file();
  try {
    prepare_connection();
    become_writer();
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() != SQLITE_BUSY) throw sqlite_error(path_, error);
    throw Error(Code::conflict, path_ + ": another process stands in the middle of writing to it",
                "end that process (kill -KILL), then try again");
  }
}

SqliteWriter::~SqliteWriter() {
  bool may_checkpoint = false;
  try {
    may_checkpoint = state_ != State::replaced && lock_.try_take();
  } catch (const Error&) {
    // Without the lock the WAL simply stays for the next writer.
  }
  if (!may_checkpoint) sqlite3_db_config(database_->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

/// SQLite gives its -wal and -shm files the mode of the database, so the mode is set here once. A file that is there is
/// not opened: closing it would free the locks that a reader in this process has on it.
void SqliteWriter::prepare_file() {
  const FileDescriptor file(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open() && errno == EEXIST) return;
  if (!file.is_open()) throw error_from_errno(errno, path_ + ": cannot create the journal");
  const std::string directory = std::filesystem::path(path_).parent_path().string();
  sync_directory(directory.empty() ? "." : directory);
}

void SqliteWriter::prepare_connection() {
  database_ = std::make_unique<SQLite::Database>(path_, SQLite::OPEN_READWRITE, kBusyTimeoutMs);
  const bool is_new = !has_schema(*database_, path_);
  if (database_->execAndGet("PRAGMA journal_mode = WAL").getString() != "wal") {
    throw Error(Code::unsupported, path_ + ": the file system cannot hold a journal in WAL mode",
                "put the state directory on a local disk with --state");
  }
  database_->exec("PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = 0");
  sqlite3_wal_hook(database_->getHandle(), note_wal_pages, &wal_pages_);
  if (is_new) create_schema(*database_);
  epoch_query_ = std::make_unique<SQLite::Statement>(*database_, "SELECT epoch FROM writer");
  begin_ = std::make_unique<SQLite::Statement>(*database_, "BEGIN IMMEDIATE");
  commit_ = std::make_unique<SQLite::Statement>(*database_, "COMMIT");
  insert_ = std::make_unique<SQLite::Statement>(
      *database_,
      "INSERT INTO events (seq, time_us, kind, node, task, generation, data, hash) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)");
  select_ = std::make_unique<SQLite::Statement>(*database_, kSelectEvents);
}

/// In one transaction, so that no event of the writer before can come after the end that is read here.
void SqliteWriter::become_writer() {
  SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
  database_->exec("UPDATE writer SET epoch = epoch + 1");
  epoch_ = database_->execAndGet("SELECT epoch FROM writer").getInt64();
  SQLite::Statement last(*database_, "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1");
  if (last.executeStep()) {
    last_seq_ = last.getColumn(0).getInt64();
    last_hash_ = last.getColumn(1).getString();
  }
  last.reset();
  transaction.commit();
}

std::vector<Event> SqliteWriter::events(int64_t from) {
  try {
    std::vector<Event> events;
    select_->reset();
    select_->bind(1, from);
    while (select_->executeStep()) events.push_back(read_event(*select_));
    select_->reset();
    return events;
  } catch (const SQLite::Exception& error) {
    throw sqlite_error(path_, error);
  }
}

void SqliteWriter::append(std::vector<Event>& batch) {
  if (batch.empty()) return;
  require_writable(batch);
  lock_.try_take();
  seal(batch);
  bool is_written = false;
  try {
    is_written = write_transaction(batch);
  } catch (const SQLite::Exception& error) {
    fail(error);
  }
  if (!is_written) throw_replaced();
  last_seq_ = batch.back().seq;
  last_hash_ = batch.back().hash;
  if (!is_log_extended_ && wal_pages_ >= kPagesBeforeExtending) extend_log();
  checkpoint_when_due();
}

void SqliteWriter::require_writable(const std::vector<Event>& batch) const {
  if (state_ == State::good) return;
  if (state_ == State::replaced) throw_replaced();
  if (state_ == State::full && batch.size() == 1 && batch.front().kind == kind::run_ended) return;
  throw Error(Code::unavailable, path_ + ": the journal could not be written before, so nothing more is started",
              state_ == State::full ? "free some space on its disk, then resume the run"
                                    : "check its disk, then resume the run");
}

void SqliteWriter::seal(std::vector<Event>& batch) const {
  const auto since_1970 = SystemClock().calendar_now().time_since_epoch();
  const int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count();
  const std::string* previous = &last_hash_;
  int64_t seq = last_seq_;
  for (Event& event : batch) {
    event.seq = ++seq;
    event.time_us = now;
    event.hash = chain_hash(*previous, event);
    previous = &event.hash;
  }
}

/// False when another writer has taken over: then nothing was written.
bool SqliteWriter::write_transaction(const std::vector<Event>& batch) {
  begin_->reset();
  begin_->exec();
  if (!is_my_epoch()) {
    end_transaction();
    state_ = State::replaced;
    reserve_.hand_over();
    return false;
  }
  for (const Event& event : batch) insert(event);
  commit_->reset();
  commit_->exec();
  return true;
}

bool SqliteWriter::is_my_epoch() {
  epoch_query_->reset();
  const bool is_mine = epoch_query_->executeStep() && epoch_query_->getColumn(0).getInt64() == epoch_;
  epoch_query_->reset();
  return is_mine;
}

void SqliteWriter::end_transaction() {
  for (SQLite::Statement* statement : {epoch_query_.get(), insert_.get(), commit_.get()}) statement->tryReset();
  if (sqlite3_get_autocommit(database_->getHandle()) == 0) database_->tryExec("ROLLBACK");
}

void SqliteWriter::insert(const Event& event) {
  insert_->reset();
  insert_->bind(1, event.seq);
  insert_->bind(2, event.time_us);
  insert_->bindNoCopy(3, event.kind);
  insert_->bindNoCopy(4, event.node);
  insert_->bindNoCopy(5, event.task);
  insert_->bind(6, event.generation);
  insert_->bindNoCopy(7, event.data);
  insert_->bindNoCopy(8, event.hash);
  insert_->exec();
}

/// The disk may have kept a part of what failed, so nothing may build on it: only the end of the run may still be
/// written, and only where the cause was space that the reserve can give.
void SqliteWriter::fail(const SQLite::Exception& error) {
  const bool full = is_disk_full(error.getErrorCode(), sqlite3_system_errno(database_->getHandle()));
  end_transaction();
  if (full && state_ == State::good) {
    reserve_.release();
    state_ = State::full;
    throw Error(Code::unavailable, path_ + ": the disk is full, the journal cannot be written",
                "free some space, then resume the run");
  }
  state_ = State::failed;
  throw sqlite_error(path_, error).with_hint("check the disk, then resume the run");
}

void SqliteWriter::throw_replaced() const {
  throw Error(Code::conflict, path_ + ": another engine has taken this run over",
              "`sluice status` shows it; this process must end")
      .with_sqlstate("SL002");
}

/// Writes zeros where the WAL will grow: a commit that overwrites costs half of one that must also make a longer file
/// durable. SQLite takes what lies behind the last whole frame for nothing. Failing to is no loss.
void SqliteWriter::extend_log() {
  is_log_extended_ = true;
  sqlite3_file* log = nullptr;
  sqlite3_int64 size = 0;
  if (sqlite3_file_control(database_->getHandle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK) return;
  if (!log || !log->pMethods || log->pMethods->xFileSize(log, &size) != SQLITE_OK) return;
  const std::vector<char> zeros(kZerosBytes);
  while (size < kLogBytes && log->pMethods->xWrite(log, zeros.data(), int(zeros.size()), size) == SQLITE_OK) {
    size += static_cast<sqlite3_int64>(zeros.size());
  }
}

/// A checkpoint that failed leaves everything in the WAL, durable; a full disk is met again by the next append.
void SqliteWriter::checkpoint_when_due() {
  if (wal_pages_ < pages_at_checkpoint_) pages_at_checkpoint_ = 0;
  const bool is_due = wal_pages_ >= std::max(kCheckpointPages, pages_at_checkpoint_ + kCheckpointEvery);
  if (!is_due || !lock_.try_take()) return;
  pages_at_checkpoint_ = wal_pages_;
  const int code =
      sqlite3_wal_checkpoint_v2(database_->getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  const bool is_harmless = code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_FULL;
  if (!is_harmless) state_ = State::failed;
}

std::unique_ptr<Journal> open_journal(const std::string& path, Opening opening) {
  return std::make_unique<SqliteWriter>(path, opening);
}

}  // namespace sluice::journal
