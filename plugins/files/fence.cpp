#include "fence.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/random.hpp"
#include "home.hpp"
#include "tables.hpp"

namespace sluice::files {

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

std::optional<Holder> find_holder(Home& home) {
  if (!home.exists()) return std::nullopt;
  Statement look(
      home.database(),
      std::string("SELECT run, host, boot_id, journal, pid, pid_start, epoch, lease_until - ") + kNowMs + " FROM fence",
      "looking at the fence");
  if (!look.step()) return std::nullopt;
  Holder holder;
  holder.who = {false, look.text(0), look.text(1), look.text(2), look.text(3), look.integer(4), look.integer(5), 0};
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

bool is_refused(const std::optional<Holder>& holder, const FenceRequest& request, std::string& holder_json) {
  const bool is_free = !holder || holder->lease_left_ms == 0 || holder->is_same_process(request);
  if (is_free || request.takes_over) return false;
  holder_json = to_json(*holder);
  return true;
}

void write_holder(Home& home, const FenceRequest& request, int64_t epoch) {
  change(home.database(),
         std::string(
             "INSERT INTO fence (id, pin, epoch, run, host, boot_id, journal, pid, pid_start, lease_ms, lease_until) "
             "VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ") +
             kNowMs +
             " + ?9) ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, run = excluded.run, host = excluded.host, "
             "boot_id = "
             "excluded.boot_id, journal = excluded.journal, pid = excluded.pid, pid_start = excluded.pid_start, "
             "lease_ms = "
             "excluded.lease_ms, lease_until = excluded.lease_until",
         "writing the fence", uuid4_text(), epoch, request.run, request.host, request.boot_id, request.journal,
         request.pid, request.pid_start, request.lease_ms);
}

}  // namespace

std::optional<int64_t> acquire_fence(Home& home, const FenceRequest& request, std::string& holder_json) {
  if (is_refused(find_holder(home), request, holder_json)) return std::nullopt;
  home.make();
  int64_t epoch = 1;
  {
    WriteTransaction transaction(home, "acquiring the fence");
    const std::optional<Holder> holder = find_holder(home);
    if (is_refused(holder, request, holder_json)) return std::nullopt;
    if (holder) epoch = holder->epoch + 1;
    write_holder(home, request, epoch);
    transaction.commit();
  }
  finish_moves(home);
  remove_orphans(home);
  return epoch;
}

std::string look_at_fence(Home& home) {
  const std::optional<Holder> holder = find_holder(home);
  return holder ? to_json(*holder) : "{}";
}

void renew_fence(Home& home, const sdk::Fence& fence, int64_t lease_ms) {
  require_fence(home, fence);
  WriteTransaction transaction(home, "renewing the fence");
  require_fence(home, fence);
  change(home.database(), std::string("UPDATE fence SET lease_ms = ?1, lease_until = ") + kNowMs + " + ?1",
         "renewing the fence", lease_ms);
  transaction.commit();
}

void release_fence(Home& home, const sdk::Fence& fence) {
  require_fence(home, fence);
  publish_rest(home, fence.run);
  WriteTransaction transaction(home, "releasing the fence");
  require_fence(home, fence);
  change(home.database(), "UPDATE fence SET lease_until = 0, run = ''", "releasing the fence");
  transaction.commit();
}

std::string pin_of(Home& home) {
  if (!home.exists()) return "";
  Statement look(home.database(), "SELECT pin FROM fence", "reading the pin");
  return look.step() ? look.text(0) : "";
}

}  // namespace sluice::files
