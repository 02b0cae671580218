#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/drive.hpp"
#include "cli/load.hpp"
#include "journal/inbox.hpp"
#include "journal/state_directory.hpp"
#include "report/read_run.hpp"
#include "report/summary.hpp"

namespace sluice::cli {
namespace {

using report::RunStatus;

/// Chunks under way are given up, so ending takes as long as a store needs to cancel a statement.
constexpr std::chrono::seconds kLongest{60};
constexpr std::chrono::milliseconds kLook{50};

report::RunSummary look(const journal::StateDirectory& state, const std::string& run) {
  return report::read_run(state.journal_path(run), run);
}

void require_running(const report::RunSummary& summary, const std::string& run) {
  if (summary.status == RunStatus::running) return;
  throw Error(Code::not_found, "no process runs " + run + ": it is " + report::to_text(summary.status),
              summary.is_resumable ? "`sluice resume " + run + "` goes on with it" : "`sluice runs` lists all");
}

report::RunSummary wait_for_end(const journal::StateDirectory& state, const std::string& run) {
  const auto until = std::chrono::steady_clock::now() + kLongest;
  for (;;) {
    const report::RunSummary summary = look(state, run);
    if (summary.status != RunStatus::running) return summary;
    if (std::chrono::steady_clock::now() > until) {
      throw Error(Code::timeout, "run " + run + " was asked to stop and still goes on after " + std::to_string(kLongest.count()) + " s",
                  "it stops when its store answers; look with `sluice status " + run + "`");
    }
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace

int pause_command(const Options& options) {
  const journal::StateDirectory state(state_path(options));
  const std::string run = choose_run(state.path(), options.run_id, false);
  require_running(look(state, run), run);
  journal::Inbox(state.inbox_path(run)).send(journal::MessageKind::cancel, options.reason.empty() ? "pause" : options.reason);
  const report::RunSummary now = wait_for_end(state, run);
  const bool is_paused = now.is_resumable;
  if (options.is_json) {
    std::printf("%s\n", nlohmann::json{{"run", run}, {"status", report::to_text(now.status)}, {"paused", is_paused}, {"next", now.next_node}}.dump().c_str());
  } else if (!options.is_quiet) {
    const std::string text = is_paused ? " is paused before the end of " + now.next_node + "; `sluice resume " + run + "` goes on" : " had ended already";
    std::printf("run %s%s\n", run.c_str(), text.c_str());
  }
  return 0;
}

}  // namespace sluice::cli
