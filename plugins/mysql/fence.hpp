#pragma once

#include <optional>
#include <string>

#include "session.hpp"

/// Who may write to a target: an epoch in _sluice_fence that every guard checks, a lease by the server's clock.
namespace sluice::mysql {

/// Who holds the fence or held it last; after a release run is "".
struct Holder {
  std::string run, host, boot_id, journal;
  int64_t pid = 0, pid_start = 0, epoch = 0, lease_left_ms = 0;
  bool is_free = true;
};

/// {"run", "host", ..., "lease_left_ms", "free"}.
std::string to_json(const Holder& holder);

/// nullopt where no fence was ever made.
std::optional<Holder> look_at_fence(Session& session);

struct Acquired {
  int64_t epoch = 0;             ///< 0: refused
  std::optional<Holder> holder;  ///< who has it, when refused
};

/// Makes the home where it is missing and takes the fence: with take_over from whomever, else when it is free. Connections of
/// earlier epochs are ended first. Throws Error(timeout) where they hold on to it.
Acquired acquire_fence(Session& session, const sluice_fence_request& request);

/// Throw Error(conflict) with sqlstate SL001 where the fence is not (run, epoch)'s any more.
void renew_fence(Session& session, const sdk::Fence& fence, int64_t lease_ms);
void release_fence(Session& session, const sdk::Fence& fence);

/// What a guard or renewal with a stale epoch gets.
Error stale_fence(const sdk::Fence& fence, const std::string& now_run, int64_t now_epoch);

/// Notes the session's connection as a writer of this epoch, so that a successor can end it.
void register_writer(Session& session, const sdk::Fence& fence);

}  // namespace sluice::mysql
