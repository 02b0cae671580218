#include "home.hpp"

#include <random>

#include "arrow/text.hpp"
#include "base/error.hpp"
#include "errors.hpp"

namespace sluice::postgres {
namespace {

/// Serialises the making of the home; held to the end of the transaction only.
constexpr const char* kLockHome = "SELECT pg_catalog.pg_advisory_xact_lock(6006517293041527905)";

/// fence: who may write; read FOR SHARE by every guard. The lease is a row apart, so that renewing it never waits for
/// guards.
constexpr const char* kHomeTables[] = {
    "CREATE TABLE IF NOT EXISTS sluice.fence (one boolean PRIMARY KEY DEFAULT true CHECK (one), pin uuid NOT NULL, "
    "epoch bigint NOT NULL, run text NOT NULL, host text NOT NULL, boot_id text NOT NULL, pid bigint NOT NULL, "
    "pid_start bigint NOT NULL, journal text NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sluice.lease (one boolean PRIMARY KEY DEFAULT true CHECK (one), run text NOT NULL, "
    "epoch bigint NOT NULL, lease_until timestamptz)",
    "CREATE TABLE IF NOT EXISTS sluice.writers (epoch bigint NOT NULL, backend_pid integer NOT NULL, "
    "backend_start timestamptz NOT NULL, PRIMARY KEY (epoch, backend_pid, backend_start))",
    "CREATE TABLE IF NOT EXISTS sluice.ledger (run text NOT NULL, node text NOT NULL, tbl text NOT NULL, "
    "generation bigint NOT NULL, chunk bigint NOT NULL, epoch bigint NOT NULL, bounds text, "
    "read bigint NOT NULL DEFAULT 0, kept bigint NOT NULL DEFAULT 0, filtered bigint NOT NULL DEFAULT 0, "
    "rejected bigint NOT NULL DEFAULT 0, emitted bigint NOT NULL DEFAULT 0, written bigint NOT NULL DEFAULT 0, "
    "already_there bigint NOT NULL DEFAULT 0, refused bigint NOT NULL DEFAULT 0, "
    "f_src text NOT NULL DEFAULT '0:' || repeat('0', 32) || ':' || repeat('0', 32), "
    "f_out text NOT NULL DEFAULT '0:' || repeat('0', 32) || ':' || repeat('0', 32), "
    "committed_at timestamptz NOT NULL DEFAULT now(), "
    "CONSTRAINT every_row_read_is_kept_filtered_or_rejected CHECK (read = kept + filtered + rejected), "
    "CONSTRAINT every_row_emitted_is_written_there_or_refused CHECK (emitted = written + already_there + refused), "
    "PRIMARY KEY (run, node, tbl, generation, chunk))",
    "CREATE TABLE IF NOT EXISTS sluice.rejects (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text NOT NULL, "
    "node text NOT NULL, tbl text NOT NULL, generation bigint NOT NULL, chunk bigint NOT NULL, reject text NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sluice.objects (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text NOT "
    "NULL, "
    "node text NOT NULL, generation bigint NOT NULL, kind text NOT NULL, classid oid NOT NULL, oid oid NOT NULL, "
    "schema text NOT NULL, name text NOT NULL, tbl text NOT NULL)",
    "COMMENT ON TABLE sluice.ledger IS 'What migrations have done to this database; removed by sluice retire'",
};

constexpr const char* kFenceRow =
    "INSERT INTO sluice.fence (pin, epoch, run, host, boot_id, pid, pid_start, journal) "
    "VALUES ($1::uuid, 0, '', '', '', 0, 0, '') ON CONFLICT DO NOTHING";

constexpr const char* kLeaseRow =
    "INSERT INTO sluice.lease (run, epoch, lease_until) VALUES ('', 0, NULL) ON CONFLICT DO NOTHING";

/// The home's tables go in one statement; the schema only where nothing of others is in it.
constexpr const char* kDropTables =
    "DROP TABLE sluice.objects, sluice.rejects, sluice.ledger, sluice.writers, sluice.lease, sluice.fence";

constexpr const char* kSchemaIsEmpty =
    "SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid) "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid) "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.typnamespace = n.oid) "
    "FROM pg_catalog.pg_namespace n WHERE n.nspname = 'sluice'";

std::string random_uuid() {
  std::random_device device;
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    const uint32_t word = device();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);  // version 4
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);  // variant 1
  return arrow::uuid_to_text(bytes);
}

}  // namespace

bool has_home(Session& session) {
  return session.control()
      .ask("SELECT pg_catalog.to_regclass('sluice.fence') IS NOT NULL", {}, "looking for the ledger")
      .is_true(0, 0);
}

void create_home(Session& session) {
  if (has_home(session)) return;
  session.control().run_transaction("creating the ledger's home", [](const Control::Ask& ask) {
    ask(kLockHome, {});
    // IF NOT EXISTS would want the right to create schemas even where an administrator has made this one.
    if (ask("SELECT pg_catalog.to_regnamespace('sluice') IS NULL", {}).is_true(0, 0)) ask("CREATE SCHEMA sluice", {});
    for (const char* statement : kHomeTables) ask(statement, {});
    ask(kFenceRow, {random_uuid()});
    ask(kLeaseRow, {});
  });
}

Rows ask_home(Session& session, const std::string& sql, const Values& params, const std::string& where) {
  if (!has_home(session)) return {};
  try {
    return session.control().ask(sql, params, where);
  } catch (const Error& error) {
    if (error.code() == Code::not_found) return {};
    throw;
  }
}

std::string read_pin(Session& session) {
  const Rows rows = ask_home(session, "SELECT pin FROM sluice.fence", {}, "reading the target's pin");
  return rows.empty() ? "" : rows.text(0, 0);
}

void retire_run(Session& session, const sdk::Fence& fence, const std::string& run) {
  if (!has_home(session)) return;
  session.control().run_transaction("removing the ledger of " + run, [&](const Control::Ask& ask) {
    ask(kLockHome, {});
    const Rows held = ask("SELECT 1 FROM sluice.fence WHERE run = $1 AND epoch = $2::bigint FOR UPDATE",
                          {fence.run, std::to_string(fence.epoch)});
    if (held.empty()) {
      throw Error(Code::conflict,
                  "the fence is no longer held by run " + fence.run + ", epoch " + std::to_string(fence.epoch))
          .with_sqlstate(kStaleFence);
    }
    ask("DELETE FROM sluice.ledger WHERE run = $1", {run});
    ask("DELETE FROM sluice.rejects WHERE run = $1", {run});
    ask("DELETE FROM sluice.objects WHERE run = $1", {run});
    const Rows others = ask("SELECT 1 FROM sluice.ledger UNION ALL SELECT 1 FROM sluice.objects LIMIT 1", {});
    if (!others.empty()) {
      ask("UPDATE sluice.lease SET lease_until = NULL", {});
      return;
    }
    ask(kDropTables, {});
    if (ask(kSchemaIsEmpty, {}).is_true(0, 0)) ask("DROP SCHEMA sluice", {});
  });
}

}  // namespace sluice::postgres
