#include <chrono>
#include <cstdio>
#include <filesystem>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/drive.hpp"
#include "journal/state_directory.hpp"
#include "report/read_run.hpp"
#include "report/runs.hpp"
#include "report/status.hpp"
#include "report/summary.hpp"

namespace sluice::cli {
namespace {

report::RunSummary summary_of(const journal::StateDirectory& state, const std::string& run) {
  return report::read_run(state.journal_path(run), run);
}

int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

int status_command(const Options& options) {
  const journal::StateDirectory state(state_path(options));
  const auto summary = summary_of(state, choose_run(state.path(), options.run_id, true));
  const std::string text = options.is_json ? report::status_json(summary, now_us()) : report::status_text(summary, now_us());
  std::fputs(text.c_str(), stdout);
  return 0;
}

int runs_command(const Options& options) {
  const journal::StateDirectory state(state_path(options));
  std::vector<report::RunSummary> runs;
  for (const std::string& run : state.runs()) {
    if (std::filesystem::exists(state.journal_path(run))) runs.push_back(summary_of(state, run));
  }
  const std::string text = options.is_json ? report::runs_json(runs) : report::runs_text(runs);
  std::fputs(text.c_str(), stdout);
  return 0;
}

int report_command(const Options& options) {
  const std::string state = state_path(options);
  write_and_print_report(options, state, choose_run(state, options.run_id, true));
  return 0;
}

}  // namespace sluice::cli
