#include "guard.hpp"

#include "base/error.hpp"
#include "errors.hpp"
#include "fence.hpp"
#include "home.hpp"
#include "ledger.hpp"
#include "quote.hpp"
#include "sql_words.hpp"

namespace sluice::mysql {
namespace {

std::string label_of(const sdk::WorkKey& key) {
  return "guard of " + key.node + (key.table.empty() ? "" : " " + key.table) + (key.chunk < 0 ? "" : " chunk " + std::to_string(key.chunk));
}

void begin_transaction(Connection& connection, const std::string& where) {
  connection.run("SET SESSION innodb_lock_wait_timeout = 120, unique_checks = 1, foreign_key_checks = 1", {}, where);
  connection.run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", {}, where);
  connection.run("START TRANSACTION", {}, where);
}

void check_fence(Connection& connection, const sdk::Fence& fence, const std::string& where) {
  const Rows now = connection.run("SELECT run, epoch FROM _sluice_fence LOCK IN SHARE MODE", {}, where);
  if (!now.empty() && now.text(0, 0) == fence.run && now.integer(0, 1) == fence.epoch) return;
  throw stale_fence(fence, now.empty() ? "" : now.text(0, 0), now.empty() ? 0 : now.integer(0, 1));
}

enum class Entry { opened, begun_before, done };

Entry take_key(Connection& connection, const sdk::Fence& fence, const sdk::WorkKey& key) {
  Values params = key_params(key);
  params.push_back(std::to_string(fence.epoch));
  const std::string where = label_of(key);
  const Rows inserted =
      connection.run("INSERT IGNORE INTO _sluice_ledger (run, node, tbl, generation, chunk, epoch) VALUES (?, ?, ?, ?, ?, ?)", params, where);
  if (inserted.affected == 1) return Entry::opened;
  const Rows found = connection.run(std::string("SELECT done FROM _sluice_ledger") + kOfKey + " FOR UPDATE", key_params(key), where);
  if (found.empty()) throw Error(Code::conflict, where + ": another transaction has just given this work up");
  return found.text(0, 0) == "1" ? Entry::done : Entry::begun_before;
}

/// Errors that say: what this statement makes is there (or what it drops is gone).
bool says_done(const Error& error) {
  constexpr int kTable = 1050, kKey = 1061, kPrimaryKey = 1068, kColumn = 1060, kConstraint = 1826, kDoubledName = 1022, kGone = 1051, kNoKey = 1091;
  // MariaDB reports a foreign key that is there already as a table that it can't make, with InnoDB's number for a doubled name.
  constexpr int kCannotMake = 1005;
  for (const int number : {kTable, kKey, kPrimaryKey, kColumn, kConstraint, kDoubledName, kGone, kNoKey}) {
    if (error.native_code() == number) return true;
  }
  return error.native_code() == kCannotMake && error.message().find("errno: 121 ") != std::string::npos;
}

/// A table that is there must be the one that this work made before it was cut off.
void require_own_table(Connection& connection, const std::string& sql, const OpenGuard& guard, const Error& error) {
  constexpr int kTable = 1050;
  if (error.native_code() != kTable) return;
  const std::string mark = mark_of(guard.key.run, guard.key.node);
  const Rows marked = connection.run("SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND instr(table_comment, ?) > 0",
                                     {mark}, "looking for the tables of " + guard.key.run);
  for (size_t row = 0; row < marked.size(); ++row) {
    if (sql.find(quote_name(marked.text(row, 0)) + " (") != std::string::npos) return;
  }
  throw error;
}

std::string with_mark(std::string sql, const std::string& mark) {
  const std::string place = kMarkPlace;
  if (const size_t at = sql.find(place); at != std::string::npos) sql.replace(at, place.size(), mark);
  return sql;
}

Error ended_from_within(const std::string& what) {
  return Error(Code::unsupported, what,
               "look at its effect; run such a statement in a step with autocommit = true, which asks after a kill");
}

void set_savepoint(Connection& connection, OpenGuard& guard) {
  if (guard.has_savepoint) return;
  connection.run("SAVEPOINT sluice_sql", {}, label_of(guard.key));
  guard.has_savepoint = true;
}

/// What the transaction held is committed then, or gone, and what followed is committed.
void require_savepoint(Connection& connection, OpenGuard& guard) {
  if (!guard.has_savepoint) return;
  constexpr int kNoSavepoint = 1305;
  try {
    connection.run("RELEASE SAVEPOINT sluice_sql", {}, label_of(guard.key));
    guard.has_savepoint = false;
  } catch (const Error& error) {
    if (error.native_code() != kNoSavepoint) throw;
    // Whoever comes again shall find that it was begun, also where a ROLLBACK has taken the row away.
    take_key(connection, guard.fence, guard.key);
    throw ended_from_within("a statement ended the transaction of " + guard.key.node +
                            " from within, as a procedure does that contains COMMIT, "
                            "ROLLBACK or definitions; what it did stays");
  }
}

void require_not_begun(const OpenGuard& guard) {
  if (!guard.is_begun_before) return;
  throw ended_from_within("an earlier attempt of " + guard.key.node +
                          " ended its transaction from within, and how much of it was done is unknown");
}

}  // namespace

bool begin_guard(Session& session, const sdk::Fence& fence, const sdk::WorkKey& key) {
  if (session.guard) throw Error(Code::invalid_argument, label_of(key) + ": this session has a guard open already");
  if (session.snapshot != SnapshotPart::none) throw Error(Code::invalid_argument, label_of(key) + ": this session reads a snapshot");
  Connection& connection = session.data();
  if (!has_home(session)) throw stale_fence(fence, "", 0);
  try {
    register_writer(session, fence);
    begin_transaction(connection, label_of(key));
    check_fence(connection, fence, label_of(key));
    const Entry entry = take_key(connection, fence, key);
    if (entry != Entry::done) {
      session.guard = OpenGuard{key, fence, entry == Entry::begun_before};
      return true;
    }
  } catch (const Error&) {
    connection.roll_back();
    throw;
  }
  connection.roll_back();
  return false;
}

void commit_guard(Session& session, const sluice_work_result& result) {
  if (!session.guard) throw Error(Code::invalid_argument, "guard_commit: no guard is open");
  Connection& connection = session.data();
  require_savepoint(connection, *session.guard);
  complete_ledger_row(connection, session.guard->key, result);
  const std::string label = label_of(session.guard->key);
  if (mysql_real_query(connection.raw(), "COMMIT", 6) != 0) {
    const Error error = connection.error(label);
    if (connection.is_alive()) throw error;
    throw Error(Code::in_doubt, label + ": the connection was lost inside COMMIT: " + error.message());
  }
  session.guard.reset();
}

void abort_guard(Session& session) noexcept {
  if (!session.guard) return;
  session.guard.reset();
  session.is_streaming = false;
  session.raw_data().roll_back();
}

std::string probe_guard(Session& session, const sdk::WorkKey& key) {
  if (session.guard && !session.raw_data().is_alive()) abort_guard(session);
  if (session.guard) throw Error(Code::invalid_argument, "guard_probe: this session has a guard open");
  if (!has_home(session)) return "{}";
  Connection& connection = session.data();
  try {
    begin_transaction(connection, label_of(key));
    const std::string row = ledger_row_json(connection, key, true);
    connection.roll_back();
    return row;
  } catch (const Error&) {
    connection.roll_back();
    throw;
  }
}

void execute_ddl(Session& session, const std::string& sql, const std::string& where) {
  Connection& connection = session.data();
  OpenGuard& guard = *session.guard;
  // The statement ends the transaction in which the fence was read.
  check_fence(connection, guard.fence, where);
  require_savepoint(connection, guard);
  try {
    connection.run(with_mark(sql, mark_of(guard.key.run, guard.key.node)), {}, where);
  } catch (const Error& error) {
    if (!guard.is_begun_before || !says_done(error)) throw;
    require_own_table(connection, sql, guard, error);
  }
  begin_transaction(connection, where);
  check_fence(connection, guard.fence, where);
  connection.run(std::string("SELECT done FROM _sluice_ledger") + kOfKey + " FOR UPDATE", key_params(guard.key), where);
}

int64_t execute_sql(Session& session, const std::string& sql, const Values& params) {
  const SqlWords words = words_of(sql);
  if (session.snapshot != SnapshotPart::none) throw Error(Code::invalid_argument, "execute: this session reads a snapshot");
  if (session.guard && ends_the_transaction(words)) {
    throw Error(Code::invalid_argument, "SQL inside a guard contains " + words.first,
                "the step's transaction is begun and committed by the engine");
  }
  if (session.guard && commits_by_itself(words)) {
    execute_ddl(session, sql, "SQL");
    return -1;
  }
  const bool is_checked = session.guard && may_commit(words);
  if (is_checked) require_not_begun(*session.guard);
  if (session.guard) set_savepoint(session.data(), *session.guard);
  const Rows done = session.data().run(with_mark(sql, ""), params, "SQL");
  // Some statements end early without an error when they are interrupted.
  if (session.raw_data().was_cancelled()) throw Error(Code::cancelled, "SQL: cancelled");
  if (is_checked) require_savepoint(session.data(), *session.guard);
  return done.affected;
}

}  // namespace sluice::mysql
