#include "guard.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.hpp"
#include "failure.hpp"
#include "home.hpp"
#include "ledger.hpp"
#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

std::string fingerprint_text(const sluice_fingerprint& fingerprint) {
  char text[96];
  std::snprintf(
      text, sizeof text, "%llu:%016llx%016llx:%016llx%016llx", static_cast<unsigned long long>(fingerprint.count),
      static_cast<unsigned long long>(fingerprint.sum_high), static_cast<unsigned long long>(fingerprint.sum_low),
      static_cast<unsigned long long>(fingerprint.xor_high), static_cast<unsigned long long>(fingerprint.xor_low));
  return text;
}

void roll_back(Session& session) noexcept {
  if (sqlite3_get_autocommit(session.handle()) == 0) {
    sqlite3_exec(session.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

bool take_key(Session& session, const sdk::Fence& fence, const sdk::WorkKey& key) {
  require_fence(session, fence);
  return change(session,
                "INSERT OR IGNORE INTO _sluice_ledger (run, node, \"table\", generation, chunk, epoch) VALUES (?, ?, "
                "?, ?, ?, ?)",
                "taking a ledger key", key.run, key.node, key.table, key.generation, key.chunk, fence.epoch) == 1;
}

void write_result(Session& session, const OpenGuard& guard, const sluice_work_result& result) {
  const std::string bounds = sdk::text(result.bounds);
  const int64_t changed = change(session,
                                 "UPDATE _sluice_ledger SET bounds = ?6, \"read\" = ?7, kept = ?8, filtered = ?9, "
                                 "rejected = ?10, emitted = ?11, written = "
                                 "?12, already_there = ?13, refused = ?14, f_src = ?15, f_out = ?16 WHERE run = ?1 AND "
                                 "node = ?2 AND \"table\" = ?3 AND "
                                 "generation = ?4 AND chunk = ?5",
                                 "writing the ledger row", guard.key.run, guard.key.node, guard.key.table,
                                 guard.key.generation, guard.key.chunk, bounds, result.read, result.kept,
                                 result.filtered, result.rejected, result.emitted, result.written, result.already_there,
                                 result.refused, fingerprint_text(result.f_src), fingerprint_text(result.f_out));
  if (changed != 1) throw Error(Code::internal, session.path() + ": the guard's own ledger row is gone");
  // A writer that commits is alive: its lease needs no extra transaction, for which it would have to wait on its own
  // lock.
  change(session, std::string("UPDATE _sluice_fence SET lease_until = max(lease_until, ") + kNowMs + " + lease_ms)",
         "renewing the fence");
}

void commit(Session& session) {
  const int code = sqlite3_exec(session.handle(), "COMMIT", nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return;
  const Error error = failure(session.handle(), session.path() + ": committing");
  const bool is_unknown = (code & 0xff) == SQLITE_IOERR;
  if (!is_unknown) throw error;
  throw Error(Code::in_doubt, error.message(), "look into the ledger before doing it again").with_native_code(code);
}

}  // namespace

bool begin_guard(Session& session, const sdk::Fence& fence, const sdk::WorkKey& key) {
  session.require_free_writer("beginning a guard");
  change(session, "BEGIN IMMEDIATE", "beginning a guard");
  try {
    if (!take_key(session, fence, key)) {
      roll_back(session);
      return false;
    }
  } catch (...) {
    roll_back(session);
    throw;
  }
  session.guard = OpenGuard{key, fence.epoch};
  return true;
}

void commit_guard(Session& session, const sluice_work_result& result) {
  const OpenGuard& guard = session.require_guard("committing");
  write_result(session, guard, result);
  commit(session);
  session.guard.reset();
}

void abort_guard(Session& session) noexcept {
  if (!session.guard) return;
  roll_back(session);
  session.guard.reset();
}

std::string probe_guard(Session& session, const sdk::WorkKey& key) {
  std::optional<WriteTransaction> writers_wait;
  if (session.is_writable() && !session.guard && !session.reads_snapshot)
    writers_wait.emplace(session, "probing the ledger");
  return ledger_row(session, key);
}

}  // namespace sluice::sqlite
