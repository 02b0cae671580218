#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "plan/plan.hpp"
#include "plan/stores.hpp"
#include "run/scheduler.hpp"

namespace sluice::run {

/// Refused because of who holds a target. `unfinished` names the run to resume where nobody is at work on it.
class HeldError : public Error {
 public:
  HeldError(Error error, std::string unfinished) : Error(std::move(error)), unfinished_(std::move(unfinished)) {}
  const std::string& unfinished() const { return unfinished_; }

 private:
  std::string unfinished_;
};

struct FenceOptions {
  std::string run;
  std::string journal;               ///< absolute path, for people
  std::chrono::milliseconds lease{30000};
  bool is_new = false;               ///< take a target over although an unfinished run of it exists (run --new)
  bool is_resume = false;
};

/// Holds the fences of all targets of a plan and renews their leases from a thread of its own until release() or leave().
class Fences {
 public:
  Fences(const plan::Plan& plan, const plan::Stores& stores, FenceOptions options, Controls& controls);
  /// Ends the thread; leaves the fences as they are.
  ~Fences();

  /// Looks only. Throws HeldError where a target is held by a live engine, or belongs to another unfinished run.
  void check() const;
  /// Takes all of them, in the order of names; a dead holder is taken over. Throws HeldError.
  void acquire();
  const std::map<std::string, store::Fence>& held() const { return fences_; }

  /// The run is over: removes its ledger (unless kept) and gives the fences up. Problems come back as lines for people.
  std::vector<std::string> release(bool keep_ledger);
  /// The run goes on later: ends the leases, keeps the pointers.
  void leave();

 private:
  struct Standing;
  Standing look(const plan::PlannedStore& target) const;
  void refuse_held(const plan::PlannedStore& target, const Standing& standing) const;
  void renew_until_stopped();
  void stop_renewing();

  std::vector<plan::PlannedStore> targets_;
  const plan::Stores& stores_;
  FenceOptions options_;
  Controls& controls_;
  std::map<std::string, store::Fence> fences_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace sluice::run
