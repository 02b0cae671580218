#include "run/fences.hpp"

#include "base/process.hpp"

namespace sluice::run {

/// What the fence of one target says about us taking it.
struct Fences::Standing {
  store::FenceHolder holder;
  bool is_at_work = false;   ///< somebody else holds it now
  bool is_foreign = false;   ///< it belongs to another run that has not ended
};

namespace {

std::string describe(const store::FenceHolder& holder) {
  return "run " + holder.run + " (host " + holder.host + ", pid " + std::to_string(holder.pid) + ", journal " + holder.journal + ")";
}

}  // namespace

Fences::Fences(const plan::Plan& plan, const plan::Stores& stores, FenceOptions options, Controls& controls)
    : stores_(stores), options_(std::move(options)), controls_(controls) {
  for (const auto& store : plan.stores) {
    if (store.is_target) targets_.push_back(store);
  }
}

Fences::~Fences() { stop_renewing(); }

Fences::Standing Fences::look(const plan::PlannedStore& target) const {
  auto session = stores_.at(target.name).store->open_session();
  Standing standing;
  standing.holder = session->fence_look();
  const store::FenceHolder& holder = standing.holder;
  if (!holder.exists || holder.run.empty()) return standing;
  standing.is_foreign = holder.run != options_.run;
  const ProcessIdentity process{holder.host, holder.boot_id, holder.pid, holder.pid_start};
  if (process == this_process() || !is_alive(process)) return standing;
  // A store with one writer can't renew a lease while a chunk is being written: there, a live process on this host counts.
  const bool is_lease_meaningful = session->capabilities().max_writers != 1 || holder.host != this_process().host;
  standing.is_at_work = !holder.is_free || (!is_lease_meaningful && holder.lease_left_ms != 0);
  return standing;
}

void Fences::refuse_held(const plan::PlannedStore& target, const Standing& standing) const {
  if (standing.is_at_work) {
    throw HeldError(Error(Code::conflict, "the target \"" + target.name + "\" is held by " + describe(standing.holder),
                          "wait for it, or end that process; its run can then be resumed"),
                    "");
  }
  if (!standing.is_foreign || options_.is_new) return;
  if (options_.is_resume) {
    throw HeldError(Error(Code::conflict, "the target \"" + target.name + "\" belongs to " + describe(standing.holder) + " now",
                          "resume or roll back that run first"),
                    standing.holder.run);
  }
  throw HeldError(Error(Code::conflict, "the target \"" + target.name + "\" has an unfinished run: " + describe(standing.holder),
                        "go on with `sluice resume " + standing.holder.run + "`, undo it with `sluice rollback " +
                            standing.holder.run + " --to NODE`, or start another with --new"),
                  standing.holder.run);
}

void Fences::check() const {
  for (const auto& target : targets_) refuse_held(target, look(target));
}

void Fences::acquire() {
  const ProcessIdentity self = this_process();
  for (const auto& target : targets_) {
    const Standing standing = look(target);
    refuse_held(target, standing);
    store::FenceRequest request;
    request.run = options_.run;
    request.host = self.host;
    request.boot_id = self.boot_id;
    request.pid = self.pid;
    request.pid_start = self.pid_start;
    request.journal = options_.journal;
    request.lease_ms = options_.lease.count();
    request.take_over = standing.holder.exists && !standing.holder.run.empty();
    auto session = stores_.at(target.name).store->open_session();
    store::FenceHolder holder;
    try {
      fences_[target.name] = store::Fence{options_.run, session->fence_acquire(request, &holder)};
    } catch (const Error& error) {
      if (error.code() != Code::conflict || holder.run.empty()) throw;
      throw HeldError(Error(Code::conflict, "the target \"" + target.name + "\" is held by " + describe(holder)), "");
    }
  }
  if (!fences_.empty()) thread_ = std::thread([this] { renew_until_stopped(); });
}

void Fences::renew_until_stopped() {
  std::map<std::string, std::unique_ptr<store::Session>> sessions;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, options_.lease / 3, [this] { return is_stopping_; })) {
    lock.unlock();
    for (const auto& [name, fence] : fences_) {
      try {
        auto& session = sessions[name];
        if (!session) session = stores_.at(name).store->open_session();
        session->fence_renew(fence, options_.lease.count());
      } catch (const Error& error) {
        // Only the fence's own word counts; a store that is away for a moment may come back before the lease is over.
        if (error.sqlstate() == "SL001") controls_.fenced = true;
        sessions[name].reset();
      }
    }
    lock.lock();
  }
}

void Fences::stop_renewing() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::vector<std::string> Fences::release(bool keep_ledger) {
  stop_renewing();
  std::vector<std::string> problems;
  for (const auto& [name, fence] : fences_) {
    try {
      auto session = stores_.at(name).store->open_session();
      if (!keep_ledger) session->ledger_retire(fence, options_.run);
      if (keep_ledger || session->fence_look().exists) session->fence_release(fence);
    } catch (const Error& error) {
      problems.push_back("the ledger in \"" + name + "\" could not be removed: " + error.what());
    }
  }
  fences_.clear();
  return problems;
}

void Fences::leave() {
  stop_renewing();
  for (const auto& [name, fence] : fences_) {
    try {
      stores_.at(name).store->open_session()->fence_renew(fence, 0);
    } catch (const Error&) {
      // The lease runs out by itself.
    }
  }
  fences_.clear();
}

}  // namespace sluice::run
