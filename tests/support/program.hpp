#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/environment.hpp"

namespace sluice::test {

/// How a program ended.
struct Ending {
  int code = -1;    ///< exit code; -1 where a signal ended it
  int signal = 0;   ///< the signal that ended it, or 0
  std::string out;  ///< everything on its standard output
  std::string err;  ///< everything on its standard error
};

struct ProgramOptions {
  std::string directory;                           ///< to start in; empty: a temporary one
  std::map<std::string, std::string> environment;  ///< added to the test's own
};

/// A running program, the built `sluice` in most tests. Killed by the destructor where it still runs. One thread.
class Program {
 public:
  Program(const std::string& path, const std::vector<std::string>& arguments, const ProgramOptions& options = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  int pid() const { return pid_; }
  bool is_running();
  void signal(int number) const;
  /// What it has printed so far.
  std::string out() const { return read_text(output_ / "out"); }
  std::string err() const { return read_text(output_ / "err"); }
  /// Waits for the end. A program that doesn't end in time is killed, and the test fails.
  Ending wait(std::chrono::milliseconds patience = std::chrono::seconds(60));
  /// SIGKILL as soon as `delay` has passed since the start, to the microsecond or so; returns how it ended, which may
  /// be before.
  Ending kill_after(std::chrono::microseconds delay);

 private:
  bool collect(int options);

  TempDirectory output_;
  std::chrono::steady_clock::time_point started_;
  int pid_ = 0;
  std::optional<int> status_;
};

/// The `sluice` of this build.
std::string sluice_path();
/// Runs it to its end: run_sluice({"plan", "shop.lua"}).
Ending run_sluice(const std::vector<std::string>& arguments, const ProgramOptions& options = {});

}  // namespace sluice::test
