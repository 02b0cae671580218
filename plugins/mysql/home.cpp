#include "home.hpp"

#include "base/error.hpp"
#include "base/random.hpp"
#include "native.hpp"
#include "quote.hpp"

namespace sluice::mysql {
namespace {

constexpr const char* kMarkBegin = " [sluice:";

#define SLUICE_WORD "varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL"
#define SLUICE_TEXT "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL"

/// fence: who may write; read with a share lock by every guard. The lease is a row apart, so that renewing it never waits for
/// guards.
constexpr const char* kTables[] = {
    "CREATE TABLE IF NOT EXISTS _sluice_fence (one tinyint PRIMARY KEY, pin char(36) NOT NULL, epoch bigint NOT NULL, run " SLUICE_WORD
    ", host " SLUICE_TEXT ", boot_id " SLUICE_WORD ", pid bigint NOT NULL, pid_start bigint NOT NULL, journal text NOT NULL) ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS _sluice_lease (one tinyint PRIMARY KEY, run " SLUICE_WORD
    ", epoch bigint NOT NULL, lease_until datetime(6)) ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS _sluice_writers (connection bigint NOT NULL, server_start bigint NOT NULL, epoch bigint NOT NULL, "
    "PRIMARY KEY (connection, server_start)) ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS _sluice_ledger (run " SLUICE_WORD ", node " SLUICE_WORD ", tbl " SLUICE_TEXT
    ", generation bigint NOT NULL, chunk bigint NOT NULL, epoch bigint NOT NULL, done tinyint NOT NULL DEFAULT 0, bounds longtext, "
    "`read` bigint NOT NULL DEFAULT 0, kept bigint NOT NULL DEFAULT 0, filtered bigint NOT NULL DEFAULT 0, rejected bigint NOT NULL DEFAULT 0, "
    "emitted bigint NOT NULL DEFAULT 0, written bigint NOT NULL DEFAULT 0, already_there bigint NOT NULL DEFAULT 0, "
    "refused bigint NOT NULL DEFAULT 0, f_src varchar(100) NOT NULL DEFAULT '', f_out varchar(100) NOT NULL DEFAULT '', "
    "CONSTRAINT every_row_read_is_kept_filtered_or_rejected CHECK (`read` = kept + filtered + rejected), "
    "CONSTRAINT every_row_emitted_is_written_there_or_refused CHECK (emitted = written + already_there + refused), "
    "PRIMARY KEY (run, node, tbl, generation, chunk)) ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS _sluice_rejects (seq bigint AUTO_INCREMENT PRIMARY KEY, run " SLUICE_WORD ", node " SLUICE_WORD
    ", tbl " SLUICE_TEXT ", generation bigint NOT NULL, chunk bigint NOT NULL, reject longtext CHARACTER SET utf8mb4 NOT NULL) ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS _sluice_objects (seq bigint AUTO_INCREMENT PRIMARY KEY, run " SLUICE_WORD ", node " SLUICE_WORD
    ", generation bigint NOT NULL, kind " SLUICE_WORD ", name " SLUICE_TEXT ", tbl " SLUICE_TEXT ") ENGINE=InnoDB",
};

#undef SLUICE_WORD
#undef SLUICE_TEXT

constexpr const char* kDrop = "DROP TABLE _sluice_objects, _sluice_rejects, _sluice_ledger, _sluice_writers, _sluice_lease, _sluice_fence";

void strip_marks(Connection& connection, const std::string& run) {
  const std::string begin = kMarkBegin + run + ":";
  const Rows marked = connection.run(
      "SELECT table_name, table_comment FROM information_schema.tables WHERE table_schema = database() AND instr(table_comment, ?) > 0", {begin},
      "looking for the tables of " + run);
  for (size_t row = 0; row < marked.size(); ++row) {
    connection.run("ALTER TABLE " + quote_name(marked.text(row, 0)) + " COMMENT = " + quote_string(without_mark(marked.text(row, 1))), {},
                   "taking the mark from " + marked.text(row, 0));
  }
}

}  // namespace

bool has_home(Session& session) {
  const Rows found = session.data().run(
      "SELECT 1 FROM information_schema.tables WHERE table_schema = database() AND table_name = '_sluice_objects'", {}, "looking for the ledger");
  return !found.empty();
}

void create_home(Session& session) {
  if (has_home(session)) return;
  Connection& connection = session.data();
  for (const char* statement : kTables) connection.run(statement, {}, "creating the ledger's home");
  connection.run("INSERT IGNORE INTO _sluice_fence VALUES (1, ?, 0, '', '', '', 0, 0, '')", {uuid4_text()}, "creating the ledger's home");
  connection.run("INSERT IGNORE INTO _sluice_lease VALUES (1, '', 0, NULL)", {}, "creating the ledger's home");
}

std::string read_pin(Session& session) {
  if (!has_home(session)) return "";
  const Rows rows = session.data().run("SELECT pin FROM _sluice_fence", {}, "reading the target's pin");
  return rows.empty() ? "" : rows.text(0, 0);
}

void retire_run(Session& session, const sdk::Fence& fence, const std::string& run) {
  if (!has_home(session)) return;
  Connection& connection = session.data();
  const std::string where = "removing the ledger of " + run;
  strip_marks(connection, run);
  connection.run("START TRANSACTION", {}, where);
  try {
    const Rows held = connection.run("SELECT 1 FROM _sluice_fence WHERE run = ? AND epoch = ? FOR UPDATE", {fence.run, std::to_string(fence.epoch)}, where);
    if (held.empty()) {
      throw Error(Code::conflict, "the fence is no longer held by run " + fence.run + ", epoch " + std::to_string(fence.epoch)).with_sqlstate(kStaleFence);
    }
    connection.run("DELETE FROM _sluice_ledger WHERE run = ?", {run}, where);
    connection.run("DELETE FROM _sluice_rejects WHERE run = ?", {run}, where);
    connection.run("DELETE FROM _sluice_objects WHERE run = ?", {run}, where);
    const Rows others = connection.run("SELECT 1 FROM _sluice_ledger UNION ALL SELECT 1 FROM _sluice_objects LIMIT 1", {}, where);
    connection.run("UPDATE _sluice_lease SET lease_until = NULL", {}, where);
    connection.run("COMMIT", {}, where);
    if (others.empty()) connection.run(kDrop, {}, where);
  } catch (const Error&) {
    connection.roll_back();
    throw;
  }
}

std::string mark_of(const std::string& run, const std::string& node) { return kMarkBegin + run + ":" + node + "]"; }

std::string without_mark(const std::string& comment) {
  const size_t at = comment.rfind(kMarkBegin);
  return at == std::string::npos || comment.back() != ']' ? comment : comment.substr(0, at);
}

}  // namespace sluice::mysql
