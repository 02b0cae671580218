#include "fence.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.hpp"
#include "errors.hpp"
#include "home.hpp"

namespace sluice::postgres {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);

constexpr const char* kLook =
    "SELECT l.run, f.host, f.boot_id, f.journal, f.pid, f.pid_start, f.epoch, "
    "greatest(0, ceil(extract(epoch FROM l.lease_until - clock_timestamp()) * 1000))::bigint, "
    "coalesce(l.lease_until <= clock_timestamp(), true) FROM sluice.fence f, sluice.lease l";

/// Ends the backends registered as writers up to the present epoch: only that frees one whose client is stopped in
/// mid-COPY. backend_start tells a reused pid apart.
constexpr const char* kTerminateWriters =
    "SELECT pg_catalog.pg_terminate_backend(a.pid) FROM sluice.writers w JOIN pg_catalog.pg_stat_activity a "
    "ON a.pid = w.backend_pid AND a.backend_start = w.backend_start "
    "WHERE w.epoch <= (SELECT epoch FROM sluice.fence) AND a.pid <> pg_catalog.pg_backend_pid()";

constexpr const char* kLivingWriters =
    "SELECT coalesce(string_agg(a.pid::text, ', '), '') FROM pg_catalog.pg_locks k "
    "JOIN pg_catalog.pg_stat_activity a ON a.pid = k.pid "
    "WHERE k.relation = pg_catalog.to_regclass('sluice.fence') AND k.granted AND a.pid <> pg_catalog.pg_backend_pid()";

/// Guards hold a share lock on the row: bumping the epoch against them starves, a lock of the table is served in its
/// turn.
constexpr const char* kLockFence = "LOCK TABLE sluice.fence IN EXCLUSIVE MODE";

constexpr const char* kBump =
    "UPDATE sluice.fence SET epoch = epoch + 1, run = $1, host = $2, boot_id = $3, pid = $4::bigint, "
    "pid_start = $5::bigint, journal = $6 RETURNING epoch";

constexpr const char* kLease =
    "UPDATE sluice.lease SET run = $1, epoch = $2::bigint, "
    "lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond'";

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

std::optional<Holder> holder_of(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  Holder holder;
  holder.run = rows.text(0, 0);
  holder.host = rows.text(0, 1);
  holder.boot_id = rows.text(0, 2);
  holder.journal = rows.text(0, 3);
  holder.pid = rows.integer(0, 4);
  holder.pid_start = rows.integer(0, 5);
  holder.epoch = rows.integer(0, 6);
  holder.lease_left_ms = rows.integer(0, 7);
  holder.is_free = rows.is_true(0, 8);
  return holder;
}

/// One attempt under the lock. nullopt: the lock was not to be had in 100 ms.
std::optional<Acquired> try_to_acquire(Session& session, const sluice_fence_request& request) {
  Acquired acquired;
  try {
    session.control().run_transaction("acquiring the fence", [&](const Control::Ask& ask) {
      ask("SET LOCAL lock_timeout = '100ms'", {});
      ask(kLockFence, {});
      acquired.holder = holder_of(ask(kLook, {}));
      const bool is_free = !acquired.holder || acquired.holder->is_free;
      if (!is_free && request.mode != SLUICE_FENCE_TAKE_OVER) return;
      const Rows bumped =
          ask(kBump, {text_or_empty(request.run), text_or_empty(request.host), text_or_empty(request.boot_id),
                      std::to_string(request.pid), std::to_string(request.pid_start), text_or_empty(request.journal)});
      acquired.epoch = bumped.integer(0, 0);
      ask(kLease, {text_or_empty(request.run), bumped.text(0, 0), std::to_string(request.lease_ms)});
      ask("DELETE FROM sluice.writers WHERE epoch < $1::bigint", {bumped.text(0, 0)});
    });
  } catch (const Error& error) {
    if (error.sqlstate() == "55P03") return std::nullopt;
    throw;
  }
  return acquired;
}

}  // namespace

std::string to_json(const Holder& holder) {
  return nlohmann::json{{"run", holder.run},         {"host", holder.host},
                        {"boot_id", holder.boot_id}, {"journal", holder.journal},
                        {"pid", holder.pid},         {"pid_start", holder.pid_start},
                        {"epoch", holder.epoch},     {"lease_left_ms", holder.lease_left_ms},
                        {"free", holder.is_free}}
      .dump();
}

std::optional<Holder> look_at_fence(Session& session) {
  return holder_of(ask_home(session, kLook, {}, "looking at the fence"));
}

Acquired acquire_fence(Session& session, const sluice_fence_request& request) {
  create_home(session);
  const bool takes_over = request.mode == SLUICE_FENCE_TAKE_OVER;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    const auto holder = look_at_fence(session);
    if (holder && !holder->is_free && !takes_over) return {0, holder};
    session.control().ask(kTerminateWriters, {}, "ending the former writers");
    const auto acquired = try_to_acquire(session, request);
    if (acquired && acquired->epoch != 0) return {acquired->epoch, std::nullopt};
    if (acquired) return *acquired;
    if (session.control().was_cancelled()) throw Error(Code::cancelled, "acquiring the fence: cancelled");
    if (std::chrono::steady_clock::now() > deadline) {
      const std::string pids = session.control().ask(kLivingWriters).text(0, 0);
      throw Error(Code::timeout, "acquiring the fence: the backends " + pids + " hold sluice.fence and cannot be ended",
                  "end them, or connect as the role that they belong to");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Error stale_fence(const sdk::Fence& fence, const std::string& now_run, int64_t now_epoch) {
  return Error(Code::conflict, "the fence of run " + fence.run + ", epoch " + std::to_string(fence.epoch) +
                                   " is stale: " + (now_run.empty() ? "nobody" : "run " + now_run) +
                                   " holds it with epoch " + std::to_string(now_epoch))
      .with_sqlstate(kStaleFence);
}

namespace {

void change_lease(Session& session, const sdk::Fence& fence, const std::string& sql, const Values& params) {
  const Rows changed = ask_home(session, sql, params, "changing the lease");
  if (changed.affected == 1) return;
  const auto holder = look_at_fence(session);
  throw stale_fence(fence, holder ? holder->run : "", holder ? holder->epoch : 0);
}

}  // namespace

void renew_fence(Session& session, const sdk::Fence& fence, int64_t lease_ms) {
  change_lease(session, fence,
               "UPDATE sluice.lease SET lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond' "
               "WHERE run = $1 AND epoch = $2::bigint",
               {fence.run, std::to_string(fence.epoch), std::to_string(lease_ms)});
}

void release_fence(Session& session, const sdk::Fence& fence) {
  change_lease(session, fence, "UPDATE sluice.lease SET lease_until = NULL, run = '' WHERE run = $1 AND epoch = $2::bigint",
               {fence.run, std::to_string(fence.epoch)});
}

}  // namespace sluice::postgres
