#pragma once

namespace sluice::run {

/// What the process answers; the table of the README.
enum class ExitCode {
  passed = 0,
  failed = 1,
  wrong_use = 2,        ///< wrong command line or wrong workflow
  rolled_back = 3,      ///< a gate or step failed and its rollback ended cleanly
  rollback_failed = 4,
  waiting = 5,
  changes = 6,          ///< plan --exit-code
  held = 7,             ///< the target is held by another run
  changed = 8,          ///< plan, workflow or source changed since the run began
  interrupted = 130,
};

}  // namespace sluice::run
