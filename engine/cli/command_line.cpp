#include <CLI/CLI.hpp>

#include "cli/options.hpp"
#include "run/exit_code.hpp"

namespace sluice::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 passed, 1 failed, 2 wrong use or wrong workflow, 3 gate failed and rolled back cleanly,\n"
    "4 rollback failed, 6 changes (plan --exit-code), 7 target held by another run,\n"
    "8 plan, workflow or source changed, 130 interrupted and resumable.";

/// Builds the commands; each writes into the one Options value.
class CommandLine {
 public:
  explicit CommandLine(Options& options) : options_(options), app_("Moves data between stores in phases with gates; can be killed and resumed.", "sluice") {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", std::string("sluice ") + SLUICE_VERSION);
    app_.footer(std::string("Example: sluice copy sqlite:shop.db postgresql://localhost/shop\n") + kExitCodes);
    add_workflow_commands();
    add_run_commands();
    add_store_commands();
    add_looking_commands();
  }

  CLI::App& app() { return app_; }

 private:
  CLI::App* add(const std::string& name, const std::string& what, const std::string& example) {
    CLI::App* command = app_.add_subcommand(name, what);
    command->footer("Example: " + example);
    command->add_flag("--json", options_.is_json, "One JSON object on standard output");
    command->add_flag("-q,--quiet", options_.is_quiet, "Say only what went wrong");
    command->add_option("--state", options_.state, "Directory of runs (default .sluice)")->envname("SLUICE_STATE");
    command->add_option("--plugin-dir", options_.plugin_directories, "Look for plugins here first");
    command->callback([this, name] { options_.command = name; });
    return command;
  }

  void add_params(CLI::App* command) {
    command->add_option("workflow", options_.workflow, "Workflow file, or a folder with workflow.lua")->required();
    command->add_option("-p,--param", options_.params, "NAME=VALUE of a workflow's param; again for more");
    command->add_option("--params", options_.params_file, "File of NAME=VALUE lines");
    command->add_option("--env", options_.environment, "Environment: one of the workflow's `environments`");
  }

  void add_disposable(CLI::App* command) {
    command->add_option("--disposable", options_.disposables, "STORE: use a throw-away server of its own in its place");
    command->add_flag("--keep", options_.keeps, "Leave the throw-away servers when the run is over");
  }

  void add_running(CLI::App* command) {
    command->add_flag("--keep-ledger", options_.keeps_ledger, "Leave the ledger in the target when the run has passed (needed to roll it back later)");
    command->add_option("--lease", options_.lease_seconds, "Seconds without a sign of life after which another engine may take over")
        ->check(CLI::Range(1.0, 86400.0));
  }

  void add_workflow_commands() {
    CLI::App* check = add("check", "Find mistakes in a workflow, touching no store", "sluice check workflows/stockula");
    add_params(check);
    CLI::App* plan = add("plan", "Show graph, DDL, type decisions, estimates, warnings and hash; changes nothing", "sluice plan workflows/stockula -p source=stockula.db");
    add_params(plan);
    add_disposable(plan);
    plan->add_flag("--exit-code", options_.has_exit_code, "Answer 6 where running it would change something, 0 where not");
    CLI::App* trial = add("try", "Take a sample of the rows through a workflow's maps, casts and functions; writes nothing",
                          "sluice try workflows/stockula -p source=stockula.db --sample 5% --table price_history");
    add_params(trial);
    add_disposable(trial);
    trial->add_option("--sample", options_.sample, "Share of each table's rows, from parts all over it")->capture_default_str();
    trial->add_option("-t,--table", options_.tables, "Only tables of this name or pattern; again for more");
    CLI::App* run = add("run", "Run a workflow", "sluice run workflows/stockula -p source=stockula.db");
    add_params(run);
    add_disposable(run);
    add_running(run);
    run->add_flag("--new", options_.is_new, "Start another run although the target has an unfinished one");
  }

  void add_run_commands() {
    CLI::App* resume = add("resume", "Go on with a run that was interrupted, killed or failed", "sluice resume r-7f2a10");
    resume->add_option("run", options_.run_id, "Run (default: the only unfinished one)");
    add_running(resume);
    resume->add_flag("--adopt", options_.adopts, "Go on with the workflow as it is now, although it was edited");
    resume->add_option("--redo", options_.redo, "STEP whose end is unknown: do it again");
    resume->add_option("--assume-done", options_.assume_done, "STEP whose end is unknown: take it as done");
    CLI::App* pause = add("pause", "Ask the process of a run to stop, wait until it has, and leave the run to be resumed", "sluice pause r-7f2a10 --reason \"too much load\"");
    pause->add_option("run", options_.run_id, "Run (default: the only unfinished one)");
    pause->add_option("--reason", options_.reason, "Kept in the run's journal");
    CLI::App* rollback = add("rollback", "Undo a run back to a node, newest first", "sluice rollback r-7f2a10 --to copy");
    rollback->add_option("run", options_.run_id, "Run")->required();
    rollback->add_option("--to", options_.to, "Node (phase, or PHASE.STEP) that is undone with all that followed")->required();
    rollback->add_flag("--plan", options_.is_plan_only, "Only say what would go");
    rollback->add_flag("--yes", options_.is_yes, "Don't ask");
    add_running(rollback);
  }

  void add_pair(CLI::App* command, const std::string& first, const std::string& second) {
    command->add_option("source", options_.source, first + ": a URL (sqlite:PATH, postgresql://...) or env:VARIABLE")->required();
    command->add_option("target", options_.target, second + ", likewise")->required();
    command->add_option("-t,--table", options_.tables, "Only tables of this name or pattern; again for more");
    command->add_option("--except", options_.except, "Not tables of this name or pattern");
    command->add_option("--type", options_.types, "PATTERN=TYPE, such as *.price=numeric(12,2)");
    command->add_option("--source-schema", options_.source_schema, "Schema in the source");
    command->add_option("--schema", options_.target_schema, "Schema in the target");
    command->add_option("--workers", options_.workers, "Tasks at once")->check(CLI::Range(1, 64));
  }

  void add_store_commands() {
    CLI::App* copy = add("copy", "Migrate a whole store with defaults: tables, rows, keys, indexes, proof",
                         "sluice copy sqlite:shop.db postgresql://localhost/shop");
    add_pair(copy, "Where the data is", "Where it goes");
    add_running(copy);
    copy->add_flag("--plan", options_.is_plan_only, "Show the plan and stop");
    copy->add_flag("--print-workflow", options_.prints_workflow, "Print the Lua workflow that this is, and stop");
    copy->add_flag("--new", options_.is_new, "Start another run although the target has an unfinished one");
    CLI::App* diff = add("diff", "Compare two stores by content; names rows and columns that differ",
                         "sluice diff sqlite:shop.db postgresql://localhost/shop");
    add_pair(diff, "One store", "the other");
    diff->add_option("--limit", options_.limit, "Differing rows to show per table; all are counted")->check(CLI::Range(0, 1000000));
  }

  void add_inspect() {
    CLI::App* inspect = add("inspect", "What a store holds: tables, rows, sizes, and the values that types would trip over",
                            "sluice inspect mysql://localhost/shop");
    inspect->add_option("store", options_.source, "The store: a URL (sqlite:PATH, postgresql://...) or env:VARIABLE")->required();
    inspect->add_option("-t,--table", options_.tables, "Only tables of this name or pattern; again for more");
    inspect->add_option("--except", options_.except, "Not tables of this name or pattern");
    inspect->add_option("--schema", options_.source_schema, "Schema in the store");
  }

  void add_looking_commands() {
    add_inspect();
    CLI::App* status = add("status", "Where a run stands, also from another terminal", "sluice status");
    status->add_option("run", options_.run_id, "Run (default: the only unfinished one)");
    add("runs", "List the runs", "sluice runs");
    CLI::App* report = add("report", "The report of a run, from its journal", "sluice report r-7f2a10 --json");
    report->add_option("run", options_.run_id, "Run (default: the only unfinished one, else the newest)");
    add("plugins", "List store plugins with their options and where they are looked for", "sluice plugins");
    CLI::App* types = add("types", "What becomes of each type between two stores, as a plan would decide it", "sluice types sqlite postgres");
    types->add_option("source", options_.source, "sqlite or postgres: every type that a throw-away one knows; or a URL, env:VARIABLE: those it has")
        ->required();
    types->add_option("target", options_.target, "sqlite, postgres, or a URL")->required();
    types->add_option("--source-schema", options_.source_schema, "Schema in the source");
    CLI::App* words = add("words", "The words of the workflow language", "sluice words copy.tables");
    words->add_option("word", options_.word, "One word, with its fields, metrics and an example");
  }

  Options& options_;
  CLI::App app_;
};

}  // namespace

std::optional<Options> read_command_line(int argc, char** argv, int* exit_code) {
  Options options;
  CommandLine line(options);
  try {
    line.app().parse(argc, argv);
    return options;
  } catch (const CLI::ParseError& error) {
    *exit_code = line.app().exit(error) == 0 ? 0 : static_cast<int>(run::ExitCode::wrong_use);
    return std::nullopt;
  }
}

}  // namespace sluice::cli
