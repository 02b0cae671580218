#include "guard.hpp"

#include "base/error.hpp"
#include "errors.hpp"
#include "fence.hpp"
#include "home.hpp"
#include "ledger.hpp"

namespace sluice::postgres {
namespace {

constexpr const char* kBegin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE NOT DEFERRABLE";

/// Fence check and ledger key in one statement. The unique index makes it wait for another backend that has inserted
/// the same key and not yet ended.
constexpr const char* kEnter =
    "WITH f AS MATERIALIZED (SELECT run, epoch FROM sluice.fence FOR SHARE), "
    "i AS (INSERT INTO sluice.ledger (run, node, tbl, generation, chunk, epoch) "
    "SELECT $3, $4, $5, $6::bigint, $7::bigint, f.epoch FROM f WHERE f.run = $1 AND f.epoch = $2::bigint "
    "ON CONFLICT DO NOTHING RETURNING 1) "
    "SELECT f.run, f.epoch, f.run = $1 AND f.epoch = $2::bigint, (SELECT count(*) FROM i) FROM f";

constexpr const char* kRegister =
    "INSERT INTO sluice.writers (epoch, backend_pid, backend_start) SELECT $1::bigint, pid, backend_start "
    "FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid() ON CONFLICT DO NOTHING";

/// SQL of a step may have weakened it for this session.
constexpr const char* kDurable =
    "SELECT set_config('synchronous_commit', 'on', true) "
    "WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')";

Values key_params(const sdk::WorkKey& key) {
  return {key.run, key.node, key.table, std::to_string(key.generation), std::to_string(key.chunk)};
}

std::string label_of(const sdk::WorkKey& key) {
  return "guard of " + key.node + (key.table.empty() ? "" : " " + key.table) +
         (key.chunk < 0 ? "" : " chunk " + std::to_string(key.chunk));
}

/// So that a successor can end this backend. Once per connection and epoch.
void register_writer(Session& session, const sdk::Fence& fence) {
  Connection& connection = session.data();
  if (session.registered_epoch == fence.epoch && session.registered_incarnation == connection.incarnation()) return;
  connection.run(kRegister, {std::to_string(fence.epoch)}, "registering as a writer");
  session.registered_epoch = fence.epoch;
  session.registered_incarnation = connection.incarnation();
}

void roll_back(Connection& connection) noexcept {
  if (!connection.is_alive() || connection.transaction() == PQTRANS_IDLE) return;
  try {
    if (connection.transaction() == PQTRANS_ACTIVE) connection.give_up();
    connection.run_script("ROLLBACK");
  } catch (const std::exception&) {  // judged by the state below
  }
  if (!connection.is_alive() || connection.transaction() != PQTRANS_IDLE) connection.close();
}

enum class Entry { opened, done, stale };

Entry enter(Connection& connection, const sdk::Fence& fence, const sdk::WorkKey& key, Holder& now) {
  Values params = {fence.run, std::to_string(fence.epoch)};
  for (auto& param : key_params(key)) params.push_back(std::move(param));
  const auto results = connection.run_pipeline({{kBegin}, {kEnter, params}}, label_of(key));
  const Result& entered = results.at(1);
  if (entered.rows() == 0) return Entry::stale;
  now.run = entered.text(0, 0);
  now.epoch = entered.integer(0, 1);
  if (entered.text(0, 2) != "t") return Entry::stale;
  return entered.integer(0, 3) == 1 ? Entry::opened : Entry::done;
}

void write_result(Connection& connection, const OpenGuard& guard, const sluice_work_result& result) {
  const auto results = connection.run_pipeline({{kDurable}, ledger_update(guard.key, result)}, label_of(guard.key));
  if (results.at(1).affected() != 1) {
    throw Error(Code::internal, label_of(guard.key) + ": its transaction was ended from within",
                "SQL of a step must not contain COMMIT or ROLLBACK");
  }
}

void send_commit(Connection& connection, const std::string& label) {
  const Result result(PQexec(connection.raw(), "COMMIT"));
  if (!connection.is_alive()) {
    throw Error(Code::in_doubt, label + ": the connection was lost inside COMMIT: " + PQerrorMessage(connection.raw()));
  }
  if (result.status() != PGRES_COMMAND_OK) throw connection.error(result, label);
  if (std::string(PQcmdStatus(result.get())) != "COMMIT") {
    throw Error(Code::internal, label + ": the server rolled back, since a statement before had failed");
  }
}

}  // namespace

bool begin_guard(Session& session, const sdk::Fence& fence, const sdk::WorkKey& key) {
  if (session.guard) throw Error(Code::invalid_argument, label_of(key) + ": this session has a guard open already");
  if (session.has_snapshot) throw Error(Code::invalid_argument, label_of(key) + ": this session reads a snapshot");
  Connection& connection = session.data();
  Holder now;
  Entry entry = Entry::stale;
  try {
    register_writer(session, fence);
    entry = enter(connection, fence, key, now);
  } catch (const Error& error) {
    roll_back(connection);
    if (error.sqlstate() != "42P01" && error.sqlstate() != "3F000") throw;  // no home: nobody holds a fence
  }
  if (entry == Entry::opened) {
    session.guard = OpenGuard{key, fence.epoch};
    return true;
  }
  roll_back(connection);
  if (entry == Entry::stale) throw stale_fence(fence, now.run, now.epoch);
  return false;
}

void commit_guard(Session& session, const sluice_work_result& result) {
  if (!session.guard) throw Error(Code::invalid_argument, "guard_commit: no guard is open");
  Connection& connection = session.data();
  write_result(connection, *session.guard, result);
  send_commit(connection, label_of(session.guard->key));
  session.guard.reset();
}

void abort_guard(Session& session) noexcept {
  if (!session.guard) return;
  session.guard.reset();
  session.is_streaming = false;
  roll_back(session.raw_data());
}

std::string probe_guard(Session& session, const sdk::WorkKey& key) {
  if (session.guard && !session.raw_data().is_alive()) abort_guard(session);
  if (session.guard) throw Error(Code::invalid_argument, "guard_probe: this session has a guard open");
  if (!has_home(session)) return "{}";
  Connection& connection = session.data();
  try {
    // Waits where another transaction has the key, whichever way that one ends.
    connection.run_pipeline({{kBegin},
                             {"INSERT INTO sluice.ledger (run, node, tbl, generation, chunk, epoch) "
                              "VALUES ($1, $2, $3, $4::bigint, $5::bigint, 0) ON CONFLICT DO NOTHING",
                              key_params(key)},
                             {"ROLLBACK"}},
                            label_of(key));
  } catch (const Error&) {
    roll_back(connection);
    throw;
  }
  return ledger_row_json(connection, key);
}

}  // namespace sluice::postgres
