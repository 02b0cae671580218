#include "snapshot.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "base/error.hpp"
#include "home.hpp"
#include "look_filter.hpp"
#include "native.hpp"
#include "quote.hpp"

namespace sluice::mysql {
namespace {

using nlohmann::json;

/// A writer's long transaction keeps us waiting, and those behind us.
constexpr const char* kPatience = "SET SESSION lock_wait_timeout = 20, innodb_lock_wait_timeout = 20";

constexpr const char* kStates =
    "SELECT t.table_name, coalesce(t.create_time, ''), coalesce(t.update_time, ''), "
    "coalesce(t.update_time >= now() - INTERVAL 1 SECOND, 0), coalesce(t.auto_increment, '') FROM information_schema.tables t "
    "WHERE t.table_schema = ? AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND t.table_name NOT LIKE '\\_sluice\\_%' "
    "ORDER BY t.table_name";

std::string new_token() {
  std::random_device random;
  return std::to_string(random()) + std::to_string(random());
}

bool is_wanted(const LookFilter& look, const std::string& table) {
  return look.tables.empty() || std::find(look.tables.begin(), look.tables.end(), table) != look.tables.end();
}

/// The update times have whole seconds only: a change in the same second as the last one would not show.
Rows settled_states(Connection& connection, const std::string& schema) {
  constexpr int kAttempts = 40;
  // MySQL keeps these figures for a day unless told otherwise.
  if (!connection.is_mariadb()) connection.run("SET SESSION information_schema_stats_expiry = 0");
  for (int attempt = 0;; ++attempt) {
    Rows rows = connection.run(kStates, {schema}, "reading the state of " + schema);
    bool is_settled = true;
    for (size_t row = 0; row < rows.size(); ++row) is_settled = is_settled && rows.text(row, 3) != "1";
    if (is_settled || attempt == kAttempts) return rows;
    if (connection.was_cancelled()) throw Error(Code::cancelled, "reading the state of " + schema + ": cancelled");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

std::string variable(Connection& connection, const std::string& name) {
  const Rows rows = connection.run("SHOW GLOBAL VARIABLES LIKE '" + name + "'", {}, "reading the server's identity");
  return rows.empty() ? "" : rows.text(0, 1);
}

}  // namespace

std::string export_snapshot(Session& session) {
  Connection& connection = session.data();
  if (session.snapshot != SnapshotPart::none) throw Error(Code::invalid_argument, "this session has a snapshot already");
  connection.run(kPatience);
  std::string list;
  for (const NativeTable& table : describe_tables(connection, session.options().database(), {})) {
    list += (list.empty() ? "LOCK TABLES " : ", ") + quote_qualified(table.schema, table.name) + " READ";
  }
  try {
    if (!list.empty()) connection.run(list, {}, "keeping writers out for the moment of the snapshot");
  } catch (const Error& error) {
    if (error.code() != Code::permission) throw;
    throw error.with_hint("GRANT SELECT, LOCK TABLES ON " + quote_name(session.options().database()) + ".* to the user of the url");
  }
  session.snapshot = SnapshotPart::holding;
  session.snapshot_token = new_token();
  return session.snapshot_token;
}

void join_snapshot(Session& session, const std::string& token) {
  if (session.snapshot != SnapshotPart::none) throw Error(Code::invalid_argument, "this session has a snapshot already");
  Connection& connection = session.data();
  connection.run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", {}, "joining the snapshot");
  connection.run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", {}, "joining the snapshot");
  session.snapshot = SnapshotPart::reading;
  session.snapshot_token = token;
}

void confirm_snapshot(Session& session, const std::string& token) {
  if (session.snapshot != SnapshotPart::holding || session.snapshot_token != token || !session.raw_data().is_alive()) {
    throw Error(Code::conflict, "the lock under which the readers began is no longer held", "begin a new snapshot");
  }
  session.data().run("UNLOCK TABLES", {}, "letting writers in again");
  session.snapshot = SnapshotPart::released;
}

std::string source_state(Session& session, const std::string& filter) {
  Connection& connection = session.data();
  const LookFilter look = read_filter(session, filter);
  json state = json::object();
  state["running since"] = connection.server_start();
  const Rows rows = settled_states(connection, look.schema);
  for (size_t row = 0; row < rows.size(); ++row) {
    if (!is_wanted(look, rows.text(row, 0))) continue;
    // A table that is being written all the time is never equal to what it was.
    const std::string unsettled = rows.text(row, 3) == "1" ? ", being written at " + new_token() : "";
    state[look.schema + "." + rows.text(row, 0)] =
        "made " + rows.text(row, 1) + ", changed " + (rows.text(row, 2).empty() ? "not since the server runs" : rows.text(row, 2)) +
        ", next " + rows.text(row, 4) + unsettled;
  }
  for (const NativeTable& table : describe_tables(connection, look.schema, look.tables)) {
    std::string columns;
    for (const NativeColumn& column : table.columns) {
      columns += (columns.empty() ? "" : ", ") + column.name + " " + column.native + (column.nullable ? "" : " not null");
    }
    state[look.schema + "." + table.name + " (columns)"] = columns;
  }
  return state.dump();
}

std::string read_identity(Session& session) {
  Connection& connection = session.data();
  std::string server;
  for (const char* name : {"server_uuid", "server_uid"}) {
    if (server.empty()) server = variable(connection, name);
  }
  // Servers without an identity of their own are told apart by where they keep their data.
  if (server.empty()) {
    server = variable(connection, "hostname") + ":" + variable(connection, "port") + ":" + variable(connection, "datadir");
  }
  const std::string kind = connection.is_mariadb() ? "MariaDB " : "MySQL ";
  return json{{"id", server + "/" + session.options().database()},
              {"version", kind + connection.version()},
              {"name", session.options().name()},
              {"pin", read_pin(session)}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice::mysql
