#include "fence.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.hpp"
#include "home.hpp"

namespace sluice::mysql {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);

constexpr const char* kLook =
    "SELECT l.run, f.host, f.boot_id, f.journal, f.pid, f.pid_start, f.epoch, "
    "greatest(0, coalesce(ceil(timestampdiff(MICROSECOND, utc_timestamp(6), l.lease_until) / 1000), 0)), "
    "coalesce(l.lease_until <= utc_timestamp(6), 1) FROM _sluice_fence f, _sluice_lease l";

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
  holder.is_free = rows.text(0, 8) == "1";
  return holder;
}

/// Ends the connections that wrote up to the present epoch. Numbers of connections are used again after a restart of the
/// server: its start tells them apart.
void end_writers(Connection& connection) {
  const Rows writers = connection.run(
      "SELECT w.connection FROM _sluice_writers w JOIN information_schema.processlist p ON p.id = w.connection "
      "WHERE w.epoch <= (SELECT epoch FROM _sluice_fence) AND w.server_start = ? AND w.connection <> connection_id()",
      {connection.server_start()}, "looking for the former writers");
  for (size_t row = 0; row < writers.size(); ++row) {
    try {
      connection.run("KILL CONNECTION " + writers.text(row, 0), {}, "ending a former writer");
    } catch (const Error& error) {
      constexpr int kGoneMeanwhile = 1094;
      if (error.native_code() != kGoneMeanwhile) throw;
    }
  }
}

/// One attempt. nullopt: guards of others still hold the row.
std::optional<Acquired> try_to_acquire(Connection& connection, const sluice_fence_request& request) {
  const std::string where = "acquiring the fence";
  Acquired acquired;
  connection.run("SET SESSION innodb_lock_wait_timeout = 1", {}, where);
  connection.run("START TRANSACTION", {}, where);
  try {
    connection.run("SELECT epoch FROM _sluice_fence FOR UPDATE", {}, where);
    acquired.holder = holder_of(connection.run(kLook, {}, where));
    const bool is_free = !acquired.holder || acquired.holder->is_free;
    if (is_free || request.mode == SLUICE_FENCE_TAKE_OVER) {
      acquired.epoch = acquired.holder->epoch + 1;
      const std::string epoch = std::to_string(acquired.epoch), run = text_or_empty(request.run);
      connection.run("UPDATE _sluice_fence SET epoch = ?, run = ?, host = ?, boot_id = ?, pid = ?, pid_start = ?, journal = ?",
                     {epoch, run, text_or_empty(request.host), text_or_empty(request.boot_id), std::to_string(request.pid),
                      std::to_string(request.pid_start), text_or_empty(request.journal)}, where);
      connection.run("UPDATE _sluice_lease SET run = ?, epoch = ?, lease_until = utc_timestamp(6) + INTERVAL ? MICROSECOND",
                     {run, epoch, std::to_string(request.lease_ms * 1000)}, where);
      connection.run("DELETE FROM _sluice_writers WHERE epoch < ?", {epoch}, where);
    }
    connection.run("COMMIT", {}, where);
    return acquired;
  } catch (const Error& error) {
    connection.roll_back();
    if (error.code() == Code::conflict) return std::nullopt;
    throw;
  }
}

void change_lease(Session& session, const sdk::Fence& fence, const std::string& sql, const Values& params) {
  if (has_home(session) && session.data().run(sql, params, "changing the lease").affected == 1) return;
  const auto holder = look_at_fence(session);
  throw stale_fence(fence, holder ? holder->run : "", holder ? holder->epoch : 0);
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
  if (!has_home(session)) return std::nullopt;
  return holder_of(session.data().run(kLook, {}, "looking at the fence"));
}

Acquired acquire_fence(Session& session, const sluice_fence_request& request) {
  create_home(session);
  const bool takes_over = request.mode == SLUICE_FENCE_TAKE_OVER;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    const auto holder = look_at_fence(session);
    if (holder && !holder->is_free && !takes_over) return {0, holder};
    end_writers(session.data());
    if (const auto acquired = try_to_acquire(session.data(), request)) {
      return acquired->epoch != 0 ? Acquired{acquired->epoch, std::nullopt} : *acquired;
    }
    if (session.raw_data().was_cancelled()) throw Error(Code::cancelled, "acquiring the fence: cancelled");
    if (std::chrono::steady_clock::now() > deadline) {
      throw Error(Code::timeout, "acquiring the fence: another connection holds _sluice_fence and cannot be ended",
                  "end it, or connect as a user with the right CONNECTION ADMIN");
    }
  }
}

Error stale_fence(const sdk::Fence& fence, const std::string& now_run, int64_t now_epoch) {
  return Error(Code::conflict, "the fence of run " + fence.run + ", epoch " + std::to_string(fence.epoch) + " is stale: " +
                                   (now_run.empty() ? "nobody" : "run " + now_run) + " holds it with epoch " + std::to_string(now_epoch))
      .with_sqlstate(kStaleFence);
}

void renew_fence(Session& session, const sdk::Fence& fence, int64_t lease_ms) {
  change_lease(session, fence, "UPDATE _sluice_lease SET lease_until = utc_timestamp(6) + INTERVAL ? MICROSECOND WHERE run = ? AND epoch = ?",
               {std::to_string(lease_ms * 1000), fence.run, std::to_string(fence.epoch)});
}

void release_fence(Session& session, const sdk::Fence& fence) {
  change_lease(session, fence, "UPDATE _sluice_lease SET lease_until = NULL, run = '' WHERE run = ? AND epoch = ?",
               {fence.run, std::to_string(fence.epoch)});
}

void register_writer(Session& session, const sdk::Fence& fence) {
  Connection& connection = session.data();
  if (session.registered_epoch == fence.epoch && session.registered_connection == connection.id()) return;
  connection.run("REPLACE INTO _sluice_writers VALUES (?, ?, ?)",
                 {std::to_string(connection.id()), connection.server_start(), std::to_string(fence.epoch)}, "registering as a writer");
  session.registered_epoch = fence.epoch;
  session.registered_connection = connection.id();
}

}  // namespace sluice::mysql
