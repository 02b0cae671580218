#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "steps/cancel.hpp"

namespace sluice::steps {

struct ProgramOptions {
  std::vector<std::string> argv;  ///< argv[0] is looked up in PATH; never a shell
  std::vector<std::pair<std::string, std::string>> environment;  ///< beside our own
  std::string directory;          ///< to start in; empty: ours
};

struct ProgramOutcome {
  int exit_code = 0;        ///< 128 + the signal where one ended it
  std::string output;       ///< standard output and errors, the last kOutputLimit bytes
  double seconds = 0;
};

inline constexpr size_t kOutputLimit = 64 * 1024;

/// Runs a program in a process group of its own to its end; on cancel the group gets SIGTERM, and SIGKILL two seconds later.
/// Throws Error(not_found) where it can't be executed, and the token's error when it was cancelled.
ProgramOutcome run_program(const ProgramOptions& options, CancelToken& cancel);

}  // namespace sluice::steps
