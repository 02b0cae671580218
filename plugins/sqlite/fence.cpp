#include "fence.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/random.hpp"
#include "home.hpp"
#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

using nlohmann::json;

struct Holder {
  FenceRequest who;
  int64_t epoch = 0;
  int64_t lease_left_ms = 0;

  bool is_same_process(const FenceRequest& other) const {
    return who.run == other.run && who.host == other.host && who.boot_id == other.boot_id && who.pid == other.pid &&
           who.pid_start == other.pid_start;
  }
};

std::optional<Holder> find_holder(Session& session) {
  if (!has_home(session)) return std::nullopt;
  Statement look(session,
                 std::string("SELECT run, host, boot_id, journal, pid, pid_start, epoch, lease_until - ") + kNowMs +
                     " FROM _sluice_fence",
                 "looking at the fence");
  if (!look.step()) return std::nullopt;
  Holder holder;
  holder.who = {false,          look.string(0),  look.string(1),  look.string(2),
                look.string(3), look.integer(4), look.integer(5), 0};
  holder.epoch = look.integer(6);
  holder.lease_left_ms = std::max<int64_t>(look.integer(7), 0);
  return holder;
}

std::string to_json(const Holder& holder) {
  return json{{"run", holder.who.run},
              {"host", holder.who.host},
              {"boot_id", holder.who.boot_id},
              {"journal", holder.who.journal},
              {"pid", holder.who.pid},
              {"pid_start", holder.who.pid_start},
              {"epoch", holder.epoch},
              {"lease_left_ms", holder.lease_left_ms},
              {"free", holder.lease_left_ms == 0}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Whether another process holds the fence; then `holder_json` says which.
bool is_refused(const std::optional<Holder>& holder, const FenceRequest& request, std::string& holder_json) {
  const bool is_free = !holder || holder->lease_left_ms == 0 || holder->is_same_process(request);
  if (is_free || request.takes_over) return false;
  holder_json = to_json(*holder);
  return true;
}

void write_holder(Session& session, const FenceRequest& request, int64_t epoch) {
  change(
      session,
      std::string("INSERT INTO _sluice_fence (id, pin, epoch, run, host, boot_id, journal, pid, pid_start, lease_ms, "
                  "lease_until) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ") +
          kNowMs +
          " + ?9) ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, run = excluded.run, host = excluded.host, "
          "boot_id = "
          "excluded.boot_id, journal = excluded.journal, pid = excluded.pid, pid_start = excluded.pid_start, lease_ms "
          "= "
          "excluded.lease_ms, lease_until = excluded.lease_until",
      "writing the fence", uuid4_text(), epoch, request.run, request.host, request.boot_id, request.journal,
      request.pid, request.pid_start, request.lease_ms);
}

}  // namespace

std::optional<int64_t> acquire_fence(Session& session, const FenceRequest& request, std::string& holder_json) {
  session.require_free_writer("acquiring the fence");
  // A holder who is writing keeps the file's lock, but its row can be read all the same.
  if (is_refused(find_holder(session), request, holder_json)) return std::nullopt;
  WriteTransaction transaction(session, "acquiring the fence");
  make_home(session);
  const std::optional<Holder> holder = find_holder(session);
  if (is_refused(holder, request, holder_json)) return std::nullopt;
  const int64_t epoch = holder ? holder->epoch + 1 : 1;
  write_holder(session, request, epoch);
  transaction.commit();
  return epoch;
}

std::string look_at_fence(Session& session) {
  const std::optional<Holder> holder = find_holder(session);
  return holder ? to_json(*holder) : "{}";
}

void renew_fence(Session& session, const sdk::Fence& fence, int64_t lease_ms) {
  WriteTransaction transaction(session, "renewing the fence");
  require_fence(session, fence);
  change(session, std::string("UPDATE _sluice_fence SET lease_ms = ?1, lease_until = ") + kNowMs + " + ?1",
         "renewing the fence", lease_ms);
  transaction.commit();
}

void release_fence(Session& session, const sdk::Fence& fence) {
  WriteTransaction transaction(session, "releasing the fence");
  require_fence(session, fence);
  change(session, "UPDATE _sluice_fence SET lease_until = 0, run = ''", "releasing the fence");
  transaction.commit();
}

std::string pin_of(Session& session) {
  if (!has_home(session)) return "";
  Statement look(session, "SELECT pin FROM _sluice_fence", "reading the pin");
  return look.step() ? look.string(0) : "";
}

}  // namespace sluice::sqlite
