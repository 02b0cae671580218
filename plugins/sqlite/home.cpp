#include "home.hpp"

#include "base/error.hpp"
#include "estimate.hpp"

namespace sluice::sqlite {

namespace {

const char* const kMakeFence = R"(CREATE TABLE IF NOT EXISTS _sluice_fence (
  id INTEGER PRIMARY KEY CHECK (id = 1), pin TEXT NOT NULL, epoch INTEGER NOT NULL, run TEXT NOT NULL, host TEXT NOT NULL,
  boot_id TEXT NOT NULL, pid INTEGER NOT NULL, pid_start INTEGER NOT NULL, journal TEXT NOT NULL,
  lease_ms INTEGER NOT NULL, lease_until INTEGER NOT NULL))";

const char* const kMakeLedger = R"(CREATE TABLE IF NOT EXISTS _sluice_ledger (
  run TEXT NOT NULL, node TEXT NOT NULL, "table" TEXT NOT NULL, generation INTEGER NOT NULL, chunk INTEGER NOT NULL,
  bounds TEXT NOT NULL DEFAULT '', "read" INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL DEFAULT 0,
  filtered INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0, emitted INTEGER NOT NULL DEFAULT 0,
  written INTEGER NOT NULL DEFAULT 0, already_there INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,
  f_src TEXT NOT NULL DEFAULT '0:00000000000000000000000000000000:00000000000000000000000000000000',
  f_out TEXT NOT NULL DEFAULT '0:00000000000000000000000000000000:00000000000000000000000000000000',
  epoch INTEGER NOT NULL,
  CONSTRAINT "every row read is kept, filtered or rejected" CHECK ("read" = kept + filtered + rejected),
  CONSTRAINT "every row emitted is written, already there or refused" CHECK (emitted = written + already_there + refused),
  PRIMARY KEY (run, node, "table", generation, chunk)) WITHOUT ROWID)";

const char* const kMakeRejects = R"(CREATE TABLE IF NOT EXISTS _sluice_rejects (
  id INTEGER PRIMARY KEY, run TEXT NOT NULL, node TEXT NOT NULL, "table" TEXT NOT NULL, generation INTEGER NOT NULL,
  chunk INTEGER NOT NULL, reject TEXT NOT NULL))";

const char* const kMakeObjects = R"(CREATE TABLE IF NOT EXISTS _sluice_objects (
  id INTEGER PRIMARY KEY, run TEXT NOT NULL, node TEXT NOT NULL, kind TEXT NOT NULL, "schema" TEXT NOT NULL,
  name TEXT NOT NULL, "table" TEXT NOT NULL, sql TEXT NOT NULL))";

}  // namespace

const char* const kNowMs = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

WriteTransaction::WriteTransaction(Session& session, const char* doing) : session_(session) {
  session.require_free_writer(doing);
  change(session, "BEGIN IMMEDIATE", doing);
}

WriteTransaction::~WriteTransaction() {
  if (is_open_) sqlite3_exec(session_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void WriteTransaction::commit() {
  change(session_, "COMMIT", "committing");
  is_open_ = false;
}

bool has_home(Session& session) { return has_table(session, "_sluice_fence"); }

void make_home(Session& session) {
  for (const char* sql : {kMakeFence, kMakeLedger, kMakeRejects, kMakeObjects}) change(session, sql, "making the ledger");
}

void drop_home(Session& session) {
  for (const char* name : {"_sluice_objects", "_sluice_rejects", "_sluice_ledger", "_sluice_fence"}) {
    change(session, std::string("DROP TABLE ") + name, "removing the ledger");
  }
}

void require_fence(Session& session, const sdk::Fence& fence) {
  const auto stale = [&](const std::string& found) {
    return Error(Code::conflict,
                 session.path() + ": the right to write was lost: expected run " + fence.run + ", epoch " +
                     std::to_string(fence.epoch) + ", found " + found,
                 "another engine has taken over; look at `status`")
        .with_sqlstate("SL001");
  };
  if (!has_home(session)) throw stale("no ledger");
  Statement look(session, "SELECT run, epoch FROM _sluice_fence", "checking the fence");
  if (!look.step()) throw stale("no holder");
  if (look.text(0) == fence.run && look.integer(1) == fence.epoch) return;
  throw stale("run " + look.string(0) + ", epoch " + std::to_string(look.integer(1)));
}

}  // namespace sluice::sqlite
