#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sluice::journal {

/// Where runs live: `.sluice/` under the current directory, or what --state and SLUICE_STATE say. One folder per run:
/// `runs/r-7f2a10/` with journal.db, plan.json, bundle.json, inbox/, report.txt, report.json. All 0700 and 0600.
/// Looking creates nothing; only create_run does. A value; any thread.
class StateDirectory {
 public:
  explicit StateDirectory(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  /// Makes the folder of a new run, complete or not at all, and returns its id: "r-" and 6 hex digits.
  std::string create_run();
  /// Ids of the runs that are there, oldest first.
  std::vector<std::string> runs() const;
  /// The run that a person means: its id, or so much of its beginning that only one fits. Throws Error(not_found)
  /// naming the newest runs, Error(invalid_argument) naming those that fit.
  std::string find_run(const std::string& text) const;

  std::string run_path(const std::string& id) const;
  std::string journal_path(const std::string& id) const { return run_path(id) + "/journal.db"; }
  std::string plan_path(const std::string& id) const { return run_path(id) + "/plan.json"; }
  std::string bundle_path(const std::string& id) const { return run_path(id) + "/bundle.json"; }
  std::string inbox_path(const std::string& id) const { return run_path(id) + "/inbox"; }
  std::string report_text_path(const std::string& id) const { return run_path(id) + "/report.txt"; }
  std::string report_json_path(const std::string& id) const { return run_path(id) + "/report.json"; }

 private:
  std::string runs_path() const { return path_ + "/runs"; }
  void prepare() const;

  std::string path_;
};

}  // namespace sluice::journal
