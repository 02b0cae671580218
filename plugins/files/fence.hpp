#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "abi/plugin_sdk.hpp"

namespace sluice::files {

class Home;

struct FenceRequest {
  bool takes_over = false;
  std::string run, host, boot_id, journal;
  int64_t pid = 0;
  int64_t pid_start = 0;
  int64_t lease_ms = 0;
};

/// Makes the home where it is missing and gives the fence to the asker: it is free, or its lease ran out, or the very
/// same process holds it, or the request takes over. Then finishes the moves that an earlier holder committed, and
/// removes the parts that nobody committed: a writer of before can't commit any more. Answers the new epoch, or nothing
/// and in `holder` who holds it.
std::optional<int64_t> acquire_fence(Home& home, const FenceRequest& request, std::string& holder);

/// Who holds or held it, as JSON; "{}" where there is no home.
std::string look_at_fence(Home& home);

/// Both throw Error(conflict) with sqlstate SL001 where the fence is another's.
void renew_fence(Home& home, const sdk::Fence& fence, int64_t lease_ms);
/// Publishes what the run has loaded and not finished.
void release_fence(Home& home, const sdk::Fence& fence);

/// The random uuid that names this target; "" before the first acquire.
std::string pin_of(Home& home);

}  // namespace sluice::files
