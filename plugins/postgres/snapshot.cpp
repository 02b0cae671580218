#include "snapshot.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "look_filter.hpp"
#include "quote.hpp"

namespace sluice::postgres {
namespace {

constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

constexpr const char* kState =
    "SELECT c.relname, concat_ws(' ', 'oid', c.oid, 'file', pg_catalog.pg_relation_filenode(c.oid), 'bytes', "
    "CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_relation_size(c.oid) END, 'inserted', s.n_tup_ins, 'updated', "
    "s.n_tup_upd, "
    "'deleted', s.n_tup_del, "
    // Whoever is writing right now has not been counted: no other answer equals this one.
    "(SELECT 'being written at ' || clock_timestamp() FROM pg_catalog.pg_locks k WHERE k.relation = c.oid AND "
    "k.granted "
    "AND k.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) "
    "AND k.mode IN ('RowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock') LIMIT 1)) "
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid "
    "WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND ($2::text[] IS NULL OR c.relname = ANY ($2::text[])) "
    "ORDER BY c.relname";

constexpr const char* kReset =
    "SELECT coalesce(stats_reset::text, '') FROM pg_catalog.pg_stat_database WHERE datname = current_database()";

void begin(Session& session) {
  if (session.guard) throw Error(Code::invalid_argument, "a snapshot cannot begin while a guard is open");
  if (session.has_snapshot) throw Error(Code::invalid_argument, "this session has a snapshot already");
  session.data().run_script(kBegin, "beginning a snapshot");
}

void roll_back(Session& session) noexcept {
  try {
    session.raw_data().run_script("ROLLBACK");
  } catch (const std::exception&) {
    session.raw_data().close();
  }
}

}  // namespace

std::string export_snapshot(Session& session) {
  begin(session);
  try {
    const Result token = session.data().run("SELECT pg_catalog.pg_export_snapshot()", {}, "exporting a snapshot");
    session.has_snapshot = true;
    session.snapshot_token = token.text(0, 0);
    return session.snapshot_token;
  } catch (const Error&) {
    roll_back(session);
    throw;
  }
}

void join_snapshot(Session& session, const std::string& token) {
  begin(session);
  try {
    session.data().run_script("SET TRANSACTION SNAPSHOT " + quote_literal(token), "joining snapshot " + token);
    session.has_snapshot = true;
    session.snapshot_token = token;
  } catch (const Error& error) {
    roll_back(session);
    // 22023 and 42704: the server has no such snapshot any more.
    if (error.code() == Code::unavailable) throw;
    throw Error(Code::unavailable, error.message(), "its exporter has ended: export a new one")
        .with_sqlstate(error.sqlstate());
  }
}

void confirm_snapshot(Session& session, const std::string& token) {
  if (!session.has_snapshot || session.snapshot_token != token || !session.raw_data().is_alive()) {
    throw Error(Code::conflict, "the snapshot " + token + " is no longer held by this session", "begin a new one");
  }
  session.data().run("SELECT 1", {}, "confirming snapshot " + token);
}

std::string source_state(Session& session, const std::string& filter) {
  const LookFilter look = read_filter(session, filter);
  nlohmann::json state = nlohmann::json::object();
  state["stats_reset"] = session.control().ask(kReset, {}, "reading the server's counters").text(0, 0);
  const Rows rows = session.control().ask(kState, {look.schema, look.tables_array()}, "reading the server's counters");
  for (size_t i = 0; i < rows.size(); ++i) state[look.schema + "." + rows.text(i, 0)] = rows.text(i, 1);
  return state.dump();
}

}  // namespace sluice::postgres
