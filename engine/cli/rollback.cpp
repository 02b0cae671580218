#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/drive.hpp"
#include "journal/state_directory.hpp"
#include "plan/plan.hpp"
#include "run/run_record.hpp"
#include "run/runner.hpp"
#include "steps/fields.hpp"
#include "steps/load_mode.hpp"

namespace sluice::cli {
namespace {

void print_what_goes(const plan::Plan& plan, const std::vector<std::string>& nodes) {
  if (nodes.empty()) std::printf("nothing to undo: none of these nodes has begun\n");
  const plan::NodeIndex index(plan);
  for (const std::string& path : nodes) {
    const plan::PlannedNode* node = index.find(path);
    if (node == nullptr || node->kind != workflow::NodeKind::step) continue;
    std::printf("%s  %s\n", path.c_str(), node->word.c_str());
    for (const std::string& line : node->destroys) std::printf("    %s\n", line.c_str());
    if (!node->has_undo && (!node->targets.empty() || node->is_probed)) std::printf("    has no undo: its effect stays\n");
  }
}

/// Whether the tables that a step wrote into are dropped as well.
bool drops_tables(const plan::Plan& plan, const std::vector<std::string>& nodes, const plan::PlannedNode& writer) {
  const plan::NodeIndex index(plan);
  return std::ranges::any_of(nodes, [&](const std::string& path) {
    const plan::PlannedNode* node = index.find(path);
    return node != nullptr && node->word == "schema.create" && node->undo.empty() &&
           steps::has_tables(plan.mappings.at(static_cast<size_t>(node->map)), plan.mappings.at(static_cast<size_t>(writer.map)));
  });
}

/// Rows that were added to others stay, and a resume would add them once more.
void refuse_appended(const plan::Plan& plan, const std::vector<std::string>& nodes) {
  const plan::NodeIndex index(plan);
  for (const std::string& path : nodes) {
    const plan::PlannedNode* node = index.find(path);
    if (node == nullptr || node->word != "copy.tables" || node->has_undo || steps::text_field(*node, "mode") != "append") continue;
    if (drops_tables(plan, nodes, *node)) continue;
    throw Error(Code::unsupported, path + " has added rows to tables that held some (mode = \"append\"), and nobody can tell them apart",
                "roll back to a later node, or restore the target from a backup");
  }
}

/// Whoever destroys something names what: the target's name, typed.
void ask(const plan::Plan& plan) {
  std::string target;
  for (const auto& store : plan.stores) {
    if (store.is_target) target = store.name;
  }
  if (!isatty(STDIN_FILENO)) {
    throw Error(Code::invalid_argument, "a rollback wants a yes, and there is no terminal to ask on", "add --yes, or look first with --plan");
  }
  std::printf("Type the name of the target (%s) to go on: ", target.c_str());
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != target) throw Error(Code::invalid_argument, "that is not the target's name; nothing was changed");
}

}  // namespace

int rollback_command(const Options& options) {
  const journal::StateDirectory state(state_path(options));
  const std::string run = state.find_run(options.run_id);
  const plan::Plan plan = plan::plan_from_json(read_file(state.plan_path(run)));
  const run::RunState now = run::read_state(*journal::read_journal(state.journal_path(run)));
  if (now.status == "passed" && !run::read_record(state.bundle_path(run)).keep_ledger) {
    throw Error(Code::unsupported, "run " + run + " has passed and its ledger was removed, so nothing tells what it created",
                "a run started with --keep-ledger can be rolled back after it has passed");
  }
  const auto nodes = run::rollback_nodes(plan, now, options.to);
  if (options.is_plan_only || !options.is_quiet) print_what_goes(plan, nodes);
  if (options.is_plan_only) return 0;
  refuse_appended(plan, nodes);
  if (!options.is_yes) ask(plan);
  return take_up_run(options, run, options.to);
}

}  // namespace sluice::cli
