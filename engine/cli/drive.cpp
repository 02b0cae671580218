#include "cli/drive.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/escape.hpp"
#include "base/file.hpp"
#include "cli/disposables.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "journal/run_lock.hpp"
#include "journal/state_directory.hpp"
#include "plan/make_plan.hpp"
#include "report/json.hpp"
#include "report/summary.hpp"
#include "report/text.hpp"
#include "run/runner.hpp"
#include "steps/action.hpp"
#include "steps/fields.hpp"
#include "steps/sql_script.hpp"

namespace sluice::cli {
namespace {

using run::ExitCode;
using run::RunEnd;

const plan::PlanHook* find_hook(const std::string& word) { return steps::find_action(word); }

/// What every way of running needs beside the plan.
struct Setting {
  run::Controls controls;
  Redactor redactor;
  Progress progress;
  explicit Setting(const Options& options) : progress(Progress::style_for(options.is_quiet)) {}
};

run::RunnerParts runner_parts(const Options& options, Setting& setting, const Loaded& loaded, const plan::Plan& plan,
                              const plan::Stores& stores, const workflow::ScriptCallsFactory& scripts,
                              const journal::StateDirectory& state, const std::string& run) {
  run::RunnerParts parts{.workflow = loaded.workflow,
                         .plan = plan,
                         .stores = stores,
                         .scripts = &scripts,
                         .redactor = setting.redactor,
                         .state = state,
                         .run = run,
                         .controls = setting.controls,
                         .listen = {},
                         .show_progress = {}};
  parts.listen = [&setting](const journal::Event& event) { setting.progress.on_event(event); };
  parts.show_progress = [&setting](int64_t rows) { setting.progress.on_rows_in_flight(rows); };
  parts.lease = std::chrono::milliseconds(static_cast<int64_t>(options.lease_seconds * 1000));
  parts.is_new = options.is_new;
  parts.keep_ledger = options.keeps_ledger;
  parts.redo = {options.redo.begin(), options.redo.end()};
  parts.assumed_done = {options.assume_done.begin(), options.assume_done.end()};
  return parts;
}

/// A rollback that was asked for ends with exit code 0 as well, and its run can go on.
bool is_over(const RunEnd& end) { return end.status == "passed"; }

/// Removes the folder of a run that was refused before anything had happened.
class NewRun {
 public:
  NewRun(journal::StateDirectory& state) : state_(state), id(state.create_run()) {}
  ~NewRun() {
    std::error_code ignored;
    if (!is_begun) std::filesystem::remove_all(state_.run_path(id), ignored);
  }

 private:
  journal::StateDirectory& state_;

 public:
  const std::string id;
  bool is_begun = false;
};

int finish(const Options& options, const std::string& state, const std::string& run, const RunEnd& end, Disposables& disposables,
           bool keeps) {
  if (is_over(end) && !keeps) disposables.remove();
  write_and_print_report(options, state, run);
  if (is_over(end)) run::close_run(journal::StateDirectory(state).journal_path(run));
  std::fflush(stdout);
  if (!options.is_quiet) std::fputs(disposables.how_to_use().c_str(), stderr);
  const bool is_reported = end.code != ExitCode::held && !options.is_quiet;
  if (!is_reported && !end.message.empty()) std::fprintf(stderr, "sluice: %s\n", escape_terminal(end.message).c_str());
  return static_cast<int>(end.code);
}

/// The first file of the bundle that is another one now; the workflow itself where only a param is.
std::string edited_file(const run::RunRecord& record, const std::map<std::string, std::string>& now) {
  for (const auto& [path, bytes] : record.files) {
    const auto found = now.find(path);
    if (found == now.end() || found->second != bytes) return path == record.main_file ? record.workflow_path : path;
  }
  for (const auto& [path, bytes] : now) {
    if (!record.files.contains(path)) return path;
  }
  return record.workflow_path;
}

[[noreturn]] void refuse_edited(const std::string& run, const std::string& path) {
  throw Error(Code::conflict, path + " was edited since run " + run + " began",
              "restore it, or go on with it as it is now: sluice resume " + run + " --adopt")
      .with_sqlstate("SL005");
}

/// SQL files that have run stay as they are, and none joins a step that has passed: it would not run.
void check_scripts(const plan::Plan& after, const plan::PlannedNode& node, const run::NodeStatus& status,
                   const std::map<std::string, std::string>& files) {
  if (node.word != "sql.files") return;
  std::map<std::string, std::string> done;
  for (const auto& record : status.records) {
    const auto detail = nlohmann::json::parse(record.detail);
    // What a person said was done has none.
    done[record.id] = detail.value("digest", "");
  }
  const steps::SqlDialect dialect = steps::dialect_of(after, node);
  const auto tasks = steps::tasks_of(node, steps::scripts_of(node, files, dialect), dialect);
  for (const std::string& changed : steps::changed_tasks(done, tasks)) {
    throw Error(Code::conflict, node.path + ": " + changed + " has run already, and was edited since",
                "restore it as it was, and put the change into a new file")
        .with_sqlstate("SL005");
  }
  for (const auto& task : tasks) {
    if (status.state != run::NodeState::passed || done.contains(task.id)) continue;
    throw Error(Code::conflict, node.path + " has passed, and " + task.id + " is new: it would not run", "put it into a step of its own").with_sqlstate("SL005");
  }
}

/// Steps that have passed stay as they are: an adopted plan may only change what is still to come.
void check_adoption(const plan::Plan& before, const plan::Plan& after, const run::RunState& state, const std::map<std::string, std::string>& files) {
  const plan::NodeIndex nodes_after(after);
  for (const auto& node : before.nodes) {
    const run::NodeStatus* status = state.find(node.path);
    if (status == nullptr || status->started_seq == 0 || node.kind != workflow::NodeKind::step) continue;
    const plan::PlannedNode* now = nodes_after.find(node.path);
    const bool is_same_map = now != nullptr && now->map == node.map &&
                             (node.map < 0 || plan::mapping_changes(before.mappings.at(static_cast<size_t>(node.map)),
                                                                    after.mappings.at(static_cast<size_t>(now->map)))
                                                  .empty());
    if (now != nullptr && now->word == node.word && is_same_map && steps::text_field(*now, "mode") == steps::text_field(node, "mode")) {
      check_scripts(after, *now, *status, files);
      continue;
    }
    throw Error(Code::conflict, node.path + " has begun or passed, and the edited workflow has " + (now == nullptr ? "no such step" : "another one"),
                "roll back to it first (sluice rollback RUN --to " + node.path + "), or leave it as it was")
        .with_sqlstate("SL005");
  }
}

void print_text_report(const journal::StateDirectory& state, const std::string& run, const std::string& text) {
  std::printf("%s\nreport: %s\n", text.c_str(), state.report_text_path(run).c_str());
}

/// The report that was written when the run was closed. A run of ten thousand steps has one of ten megabytes.
void print_kept_report(const Options& options, const journal::StateDirectory& state, const std::string& run) {
  if (options.is_json) {
    std::printf("%s\n", read_file(state.report_json_path(run)).c_str());
  } else if (!options.is_quiet) {
    print_text_report(state, run, read_file(state.report_text_path(run)));
  }
}

/// A process that was killed between the run's last event and the release of its targets leaves them to us.
int end_passed(const Options& options, const journal::StateDirectory& state, const std::string& run, const run::RunRecord& record,
               const Loaded& loaded, const plan::Plan& plan, Setting& setting) {
  if (record.disposables.empty()) {
    plan::Stores stores(loaded.workflow, plugin_search(record.plugin_directories), plan::secrets_from_environment(), {}, setting.redactor);
    run::release_passed(plan, stores, run, record.keep_ledger, setting.controls);
  }
  write_and_print_report(options, state.path(), run);
  run::close_run(state.journal_path(run));
  return 0;
}

}  // namespace

int start_run(const Options& options, const Loaded& loaded, const plan::FindSecret& find_secret) {
  sweep_disposables();
  Setting setting(options);
  Disposables disposables = Disposables::start(loaded.workflow, options.disposables, options.keeps);
  plan::Stores stores(loaded.workflow, plugin_search(options.plugin_directories), find_secret, disposables.urls(), setting.redactor);
  const plan::Plan plan = plan::make_plan(loaded.workflow, stores, find_hook);
  journal::StateDirectory state(state_path(options));
  NewRun run(state);
  run::RunRecord record = record_of(loaded, options);
  record.disposables = disposables.directories();
  write_file_atomically(state.plan_path(run.id), plan::plan_to_json(plan));
  run::write_record(state.bundle_path(run.id), record);
  disposables.own_by(state.path(), run.id);
  const auto scripts = script::make_script_calls(loaded.workflow.files, loaded.workflow.main_file, loaded.params);
  Signals signals(setting.controls);
  auto parts = runner_parts(options, setting, loaded, plan, stores, *scripts, state, run.id);
  parts.on_begun = [&] {
    run.is_begun = true;
    if (!options.is_quiet) std::fprintf(stderr, "run %s of %s, plan %.12s\n", run.id.c_str(), plan.workflow.c_str(), plan.hash.c_str());
  };
  const RunEnd end = run::Runner(std::move(parts)).start();
  return finish(options, state.path(), run.id, end, disposables, options.keeps);
}

int take_up_run(const Options& options, const std::string& run_id, const std::string& to) {
  Setting setting(options);
  const journal::StateDirectory state(state_path(options));
  if (to.empty() && run::is_closed(state.journal_path(run_id))) {
    print_kept_report(options, state, run_id);
    return 0;
  }
  const run::RunRecord record = run::read_record(state.bundle_path(run_id));
  const plan::Plan kept = plan::plan_from_json(read_file(state.plan_path(run_id)));
  Loaded loaded = to.empty() ? reload(record) : load_from(record);
  const bool is_edited = plan::bundle_hash(loaded.workflow) != kept.bundle_hash;
  if (is_edited && !options.adopts) refuse_edited(run_id, edited_file(record, loaded.workflow.files));
  const run::RunState before = run::read_state(*journal::read_journal(state.journal_path(run_id)));
  if (before.status == "passed" && to.empty()) return end_passed(options, state, run_id, record, loaded, kept, setting);
  Disposables disposables = Disposables::attach(record.disposables);
  std::vector<std::string> directories = options.plugin_directories;
  directories.insert(directories.end(), record.plugin_directories.begin(), record.plugin_directories.end());
  plan::Stores stores(loaded.workflow, plugin_search(directories), plan::secrets_from_environment(), disposables.urls(), setting.redactor);
  plan::Plan plan = kept;
  std::vector<std::string> changes;
  if (is_edited) {
    plan = plan::make_plan(loaded.workflow, stores, find_hook);
    check_adoption(kept, plan, before, loaded.workflow.files);
    changes = plan::plan_changes(kept, plan);
  }
  const auto scripts = script::make_script_calls(loaded.workflow.files, loaded.workflow.main_file, loaded.params);
  Signals signals(setting.controls);
  auto parts = runner_parts(options, setting, loaded, plan, stores, *scripts, state, run_id);
  parts.keep_ledger = options.keeps_ledger || record.keep_ledger;
  parts.on_begun = [&] {
    if (!is_edited) return;
    run::RunRecord adopted = record;
    adopted.files = loaded.workflow.files;
    run::write_record(state.bundle_path(run_id), adopted);
    write_file_atomically(state.plan_path(run_id), plan::plan_to_json(plan));
  };
  run::Runner runner(std::move(parts));
  const RunEnd end = to.empty() ? runner.resume(changes) : runner.roll_back(to);
  return finish(options, state.path(), run_id, end, disposables, record.keep_disposables || !to.empty());
}

int show_plan(const Options& options, const Loaded& loaded, const plan::FindSecret& find_secret) {
  sweep_disposables();
  Redactor redactor;
  Disposables disposables = Disposables::start(loaded.workflow, options.disposables, false);
  plan::Stores stores(loaded.workflow, plugin_search(options.plugin_directories), find_secret, disposables.urls(), redactor);
  const plan::Plan plan = plan::make_plan(loaded.workflow, stores, find_hook);
  if (options.is_json) {
    std::printf("%s\n", plan::plan_to_json(plan).c_str());
  } else if (!options.is_quiet) {
    std::fputs(plan::plan_text(plan).c_str(), stdout);
  }
  const bool has_steps = std::any_of(plan.nodes.begin(), plan.nodes.end(), [](const auto& node) { return !node.targets.empty(); });
  return options.has_exit_code && has_steps ? static_cast<int>(ExitCode::changes) : 0;
}

void write_and_print_report(const Options& options, const std::string& path, const std::string& run) {
  const journal::StateDirectory state(path);
  auto journal = journal::read_journal(state.journal_path(run));
  report::RunSummary summary = report::summarize(journal->events(0));
  const std::string text = report::report_text(summary);
  const std::string json = report::report_json(summary);
  write_file_atomically(state.report_text_path(run), text);
  write_file_atomically(state.report_json_path(run), json);
  if (options.is_json) {
    std::printf("%s\n", json.c_str());
  } else if (!options.is_quiet) {
    print_text_report(state, run, text);
  }
}

namespace {

/// A run of a workflow that has passed replaces earlier ones that were left.
void settle_earlier(const journal::StateDirectory& state, const std::string& passed, std::vector<std::string>& unfinished,
                    std::vector<std::string>& settled) {
  const auto path_of = [&](const std::string& run) { return run::read_record(state.bundle_path(run)).workflow_path; };
  const std::string path = path_of(passed);
  if (path.empty()) return;
  const auto replaced = std::stable_partition(unfinished.begin(), unfinished.end(), [&](const std::string& run) { return path_of(run) != path; });
  settled.insert(settled.end(), replaced, unfinished.end());
  unfinished.erase(replaced, unfinished.end());
}

}  // namespace

std::string choose_run(const std::string& path, const std::string& id, bool takes_newest) {
  const journal::StateDirectory state(path);
  if (!id.empty()) return state.find_run(id);
  const auto runs = state.runs();
  std::vector<std::string> unfinished;
  std::vector<std::string> settled;
  for (const std::string& run : runs) {
    if (!std::filesystem::exists(state.journal_path(run))) continue;
    const std::string status = run::read_state(*journal::read_journal(state.journal_path(run))).status;
    if (status == "passed") settle_earlier(state, run, unfinished, settled);
    if (status == "rolled_back") settled.push_back(run);
    if (status != "passed" && status != "rolled_back") unfinished.push_back(run);
  }
  // A run that was rolled back to its end, or that a later one has replaced, may go on as well; whoever has another one means that.
  if (unfinished.empty()) unfinished = settled;
  if (unfinished.size() == 1) return unfinished.front();
  if (takes_newest && !runs.empty()) return runs.back();
  if (unfinished.empty()) throw Error(Code::not_found, "no unfinished run in " + path, "`sluice runs` lists all, --state names another directory");
  std::string names;
  for (const std::string& run : unfinished) names += (names.empty() ? "" : ", ") + run;
  throw Error(Code::invalid_argument, "more than one run is unfinished: " + names, "name the one you mean");
}

}  // namespace sluice::cli
