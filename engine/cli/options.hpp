#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::cli {

/// The command line as a value: what was typed, nothing looked up yet.
struct Options {
  std::string command;
  std::string workflow;                 ///< check, plan, run: path of the workflow file or its folder
  std::string run_id;                   ///< resume, status, rollback, report: "" for the only unfinished one
  std::string source, target;           ///< copy, diff: URLs
  std::string to;                       ///< rollback: node
  std::string word;                     ///< words
  std::vector<std::string> params;      ///< --param k=v
  std::string params_file;
  std::string environment;
  std::string state;                    ///< directory
  std::vector<std::string> plugin_directories;
  std::vector<std::string> disposables; ///< run: stores that get a throw-away server
  std::vector<std::string> tables;      ///< copy, diff: patterns
  std::vector<std::string> except;
  std::vector<std::string> types;       ///< copy, diff: PATTERN=TYPE
  std::string target_schema, source_schema;
  std::vector<std::string> redo, assume_done;
  std::string reason;
  int workers = 2;
  std::string sample = "1%";            ///< try
  int64_t limit = 100;
  double lease_seconds = 30;
  bool is_json = false;
  bool is_quiet = false;
  bool is_new = false;
  bool is_yes = false;
  bool is_plan_only = false;            ///< copy --plan, rollback --plan
  bool prints_workflow = false;
  bool has_exit_code = false;
  bool adopts = false;
  bool keeps = false;                   ///< leave disposables
  bool keeps_ledger = false;
};

/// Reads argv. nullopt when the call was answered already (--help, --version); *exit_code then says how.
std::optional<Options> read_command_line(int argc, char** argv, int* exit_code);

}  // namespace sluice::cli
