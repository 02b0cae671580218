#include "guard.hpp"

#include <cstdio>

#include "home.hpp"
#include "ledger.hpp"
#include "tables.hpp"

namespace sluice::files {

namespace {

std::string fingerprint_text(const sluice_fingerprint& fingerprint) {
  char text[96];
  std::snprintf(
      text, sizeof text, "%llu:%016llx%016llx:%016llx%016llx", static_cast<unsigned long long>(fingerprint.count),
      static_cast<unsigned long long>(fingerprint.sum_high), static_cast<unsigned long long>(fingerprint.sum_low),
      static_cast<unsigned long long>(fingerprint.xor_high), static_cast<unsigned long long>(fingerprint.xor_low));
  return text;
}

void write_result(Home& home, const sluice_work_result& result) {
  const sdk::WorkKey& key = home.guard->key;
  const int64_t changed = change(home.database(),
                                 "UPDATE ledger SET bounds = ?6, \"read\" = ?7, kept = ?8, filtered = ?9, rejected = "
                                 "?10, emitted = ?11, written = ?12, "
                                 "already_there = ?13, refused = ?14, f_src = ?15, f_out = ?16 WHERE run = ?1 AND node "
                                 "= ?2 AND \"table\" = ?3 AND "
                                 "generation = ?4 AND chunk = ?5",
                                 "writing the ledger row", key.run, key.node, key.table, key.generation, key.chunk,
                                 sdk::text(result.bounds), result.read, result.kept, result.filtered, result.rejected,
                                 result.emitted, result.written, result.already_there, result.refused,
                                 fingerprint_text(result.f_src), fingerprint_text(result.f_out));
  if (changed != 1) throw Error(Code::internal, home.directory() + ": the guard's own ledger row is gone");
  change(home.database(), std::string("UPDATE fence SET lease_until = max(lease_until, ") + kNowMs + " + lease_ms)",
         "renewing the fence");
}

void commit(Home& home) {
  const int code = sqlite3_exec(home.database(), "COMMIT", nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return;
  const Error error = failure(home.database(), home.directory() + ": committing");
  if ((code & 0xff) != SQLITE_IOERR) throw error;
  throw Error(Code::in_doubt, error.message(), "look into the ledger before doing it again").with_native_code(code);
}

void roll_back(Home& home) noexcept {
  if (!home.guard || !home.guard->is_writing) return;
  sqlite3* const database = home.database();
  if (sqlite3_get_autocommit(database) == 0) sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr);
  home.guard->is_writing = false;
}

}  // namespace

bool begin_guard(Home& home, const sdk::Fence& fence, const sdk::WorkKey& key) {
  if (home.guard) {
    throw Error(Code::invalid_argument, home.directory() + ": a guard is open on this session",
                "commit or abort it first");
  }
  require_fence(home, fence);
  finish_moves(home);
  if (ledger_row(home, key) != "{}") return false;
  home.guard = OpenGuard{key, fence, false};
  return true;
}

void begin_writing(Home& home, const char* doing) {
  home.require_guard(doing);
  OpenGuard& guard = *home.guard;
  if (guard.is_writing) {
    if (sqlite3_get_autocommit(home.database()) == 0) return;
    throw Error(Code::conflict,
                home.directory() + ": " + doing + ": the guard's transaction was rolled back by an earlier error",
                "abort the guard and begin again");
  }
  require_fence(home, guard.fence);
  change(home.database(), "BEGIN IMMEDIATE", doing);
  guard.is_writing = true;
  try {
    require_fence(home, guard.fence);
    const sdk::WorkKey& key = guard.key;
    const int64_t taken = change(
        home.database(),
        "INSERT OR IGNORE INTO ledger (run, node, \"table\", generation, chunk, epoch) VALUES (?, ?, ?, ?, ?, ?)",
        "taking a ledger key", key.run, key.node, key.table, key.generation, key.chunk, guard.fence.epoch);
    if (taken == 1) return;
    throw Error(Code::conflict, home.directory() + ": someone else has done this work meanwhile",
                "abort, and look again");
  } catch (...) {
    roll_back(home);
    throw;
  }
}

void commit_guard(Home& home, const sluice_work_result& result) {
  begin_writing(home, "committing");
  write_result(home, result);
  commit(home);
  home.guard.reset();
  finish_moves(home);
}

void abort_guard(Home& home) noexcept {
  roll_back(home);
  home.guard.reset();
}

std::string probe_guard(Home& home, const sdk::WorkKey& key) {
  if (!home.exists()) return "{}";
  const bool may_wait = !home.guard && sqlite3_db_readonly(home.database(), "main") == 0;
  std::optional<WriteTransaction> writers_wait;
  if (may_wait) writers_wait.emplace(home, "probing the ledger");
  return ledger_row(home, key);
}

}  // namespace sluice::files
