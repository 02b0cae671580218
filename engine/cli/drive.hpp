#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/load.hpp"
#include "cli/options.hpp"
#include "plan/stores.hpp"

namespace sluice::cli {

/// Starts a run of a loaded workflow and takes it to its end: what `run` and `copy` share. Answers the exit code.
int start_run(const Options& options, const Loaded& loaded, const plan::FindSecret& find_secret);

/// Goes on with a run, or rolls it back to `to` where that isn't empty.
int take_up_run(const Options& options, const std::string& run_id, const std::string& to);

/// Prints the plan of a loaded workflow; `plan` and `copy --plan`.
int show_plan(const Options& options, const Loaded& loaded, const plan::FindSecret& find_secret);

/// Writes report.txt and report.json of a run and prints what the options ask for.
void write_and_print_report(const Options& options, const std::string& state, const std::string& run);

/// The run meant by an optional id: else the only unfinished one, else (for `report`) the newest. Throws Error naming the choice.
std::string choose_run(const std::string& state, const std::string& id, bool takes_newest);

}  // namespace sluice::cli
