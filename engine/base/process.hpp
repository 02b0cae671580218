#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sluice {

/// Names one process for good: a pid alone may be reused, and after a reboot all of them are.
struct ProcessIdentity {
  std::string host;
  std::string boot_id;
  int64_t pid = 0;
  int64_t pid_start = 0;  ///< in clock ticks since boot

  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// This very process. Throws Error where /proc is missing.
ProcessIdentity this_process();

/// Of a process of this host; nullopt where there is none, or only a zombie.
std::optional<ProcessIdentity> identity_of(int64_t pid);

/// False when it is known to be dead: on this host since another boot, or its pid is gone, reused or a zombie. A
/// process of another host can't be seen from here and counts as alive.
bool is_alive(const ProcessIdentity& process);

}  // namespace sluice
