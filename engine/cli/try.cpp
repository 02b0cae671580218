#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/escape.hpp"
#include "base/units.hpp"
#include "catalog/map_spec.hpp"
#include "cli/commands.hpp"
#include "cli/disposables.hpp"
#include "cli/load.hpp"
#include "copy/try_table.hpp"
#include "plan/make_plan.hpp"
#include "steps/action.hpp"

namespace sluice::cli {
namespace {

using nlohmann::ordered_json;

const plan::PlanHook* find_hook(const std::string& word) { return steps::find_action(word); }

/// "1%", "0.5%", "100%" as a share.
double read_share(const std::string& text) {
  char* end = nullptr;
  const double percent = std::strtod(text.c_str(), &end);
  const bool is_percent = end != text.c_str() && std::string(end) == "%";
  if (is_percent && percent > 0 && percent <= 100) return percent / 100;
  throw Error(Code::invalid_argument, "--sample: expected a percentage above 0 such as 1%, found '" + text + "'");
}

bool is_wanted(const Options& options, const catalog::TableMapping& table) {
  if (options.tables.empty()) return true;
  return std::any_of(options.tables.begin(), options.tables.end(), [&](const std::string& pattern) {
    return catalog::matches_glob(pattern, table.source_table) || catalog::matches_glob(pattern, table.target_table);
  });
}

void print_text(const catalog::TableMapping& table, const copy::Trial& trial, double seconds) {
  const store::WorkResult& result = trial.result;
  std::string line = table.source_table + " -> " + table.target_table + ": " + count_of(result.read, "row") + " of about " +
                     count_to_text(table.rows) + " read, " + count_to_text(result.emitted) + " made";
  if (result.filtered > 0) line += ", " + count_to_text(result.filtered) + " left out by functions";
  if (result.rejected > 0) line += ", " + count_to_text(result.rejected) + " REJECTED";
  char time[32];
  std::snprintf(time, sizeof time, " in %.1f s", seconds);
  std::printf("%s\n", escape_terminal(line + time).c_str());
  for (const std::string& row : trial.rows) std::printf("  makes %s\n", escape_terminal(row).c_str());
  for (const copy::Reject& reject : trial.rejects) std::printf("  rejects %s\n", escape_terminal(reject.row.reason).c_str());
}

ordered_json to_json(const catalog::TableMapping& table, const copy::Trial& trial) {
  ordered_json rejects = ordered_json::array();
  for (const copy::Reject& reject : trial.rejects) rejects.push_back(ordered_json::parse(copy::to_json(reject)));
  ordered_json rows = ordered_json::array();
  for (const std::string& row : trial.rows) rows.push_back(ordered_json::parse(row));
  return {{"source", table.source_table},        {"target", table.target_table},    {"rows", table.rows},
          {"read", trial.result.read},           {"made", trial.result.emitted},    {"filtered", trial.result.filtered},
          {"rejected", trial.result.rejected},   {"rejects", std::move(rejects)},   {"makes", std::move(rows)}};
}

}  // namespace

int try_command(const Options& options) {
  copy::TrialSpec spec;
  spec.share = read_share(options.sample);
  const Loaded loaded = load_from(options);
  sweep_disposables();
  Redactor redactor;
  Disposables disposables = Disposables::start(loaded.workflow, options.disposables, false);
  plan::Stores stores(loaded.workflow, plugin_search(options.plugin_directories), plan::secrets_from_environment(), disposables.urls(), redactor);
  const plan::Plan plan = plan::make_plan(loaded.workflow, stores, find_hook);
  const auto scripts = script::make_script_calls(loaded.workflow.files, loaded.workflow.main_file, loaded.params);
  const auto transforms = scripts->make_transforms();
  ordered_json tables = ordered_json::array();
  int64_t rejected = 0;
  for (size_t map = 0; map < plan.mappings.size(); ++map) {
    const catalog::Mapping& mapping = plan.mappings[map];
    if (mapping.from.empty()) continue;
    const auto source = stores.at(mapping.from).store->open_session();
    for (const catalog::TableMapping& table : mapping.tables) {
      if (!is_wanted(options, table)) continue;
      const auto started = std::chrono::steady_clock::now();
      const copy::Trial trial = copy::try_table(*source, table, transforms->find(map, table), spec);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
      rejected += trial.result.rejected;
      tables.push_back(to_json(table, trial));
      if (!options.is_json && !options.is_quiet) print_text(table, trial, took.count());
    }
  }
  disposables.remove();
  if (tables.empty()) throw Error(Code::not_found, "no table to try", "the workflow has no map that is used, or --table names none of its tables");
  if (options.is_json) std::printf("%s\n", ordered_json{{"tables", tables}}.dump(-1, ' ', false, ordered_json::error_handler_t::replace).c_str());
  return rejected == 0 ? 0 : 1;
}

}  // namespace sluice::cli
