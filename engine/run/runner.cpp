#include "run/runner.hpp"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/process.hpp"
#include "base/random.hpp"
#include "journal/events.hpp"
#include "journal/inbox.hpp"
#include "journal/journal.hpp"
#include "run/recorder.hpp"
#include "run/worker_pool.hpp"

namespace sluice::run {
namespace {

using nlohmann::json;
namespace kind = journal::kind;

constexpr std::chrono::milliseconds kShowEvery{200};

json process_to_json() {
  const ProcessIdentity self = this_process();
  return {{"host", self.host}, {"boot_id", self.boot_id}, {"pid", self.pid}, {"pid_start", self.pid_start}};
}

json nodes_to_json(const plan::Plan& plan) {
  json nodes = json::array();
  for (const auto& node : plan.nodes) {
    if (node.kind == workflow::NodeKind::parallel) continue;
    json j = {{"path", node.path}, {"kind", workflow::to_text(node.kind)}, {"where", node.where}};
    if (!node.title.empty()) j["title"] = node.title;
    if (!node.word.empty()) j["word"] = node.word;
    if (!node.criterion.empty()) j["criterion"] = node.criterion;
    nodes.push_back(std::move(j));
  }
  return nodes;
}

std::string started_data(const RunnerParts& parts) {
  json params = json::object();
  for (const auto& param : parts.plan.params) params[param.name] = {{"value", param.value}, {"origin", param.origin}};
  json stores = json::object();
  for (const auto& store : parts.plan.stores) {
    stores[store.name] = {{"plugin", store.plugin}, {"url", store.url},         {"id", store.id}, {"pin", ""},
                          {"name", store.name},     {"version", store.version}, {"disposable", store.disposable}, {"target", store.is_target}};
  }
  json data = {{"workflow", parts.plan.workflow}, {"run", parts.run},        {"plan_hash", parts.plan.hash},
               {"bundle_hash", parts.plan.bundle_hash}, {"state", parts.state.path()}, {"process", process_to_json()},
               {"params", params},                {"stores", stores},        {"nodes", nodes_to_json(parts.plan)}};
  return data.dump();
}

/// Shows progress and looks into the inbox until it is destroyed.
class Watch {
 public:
  Watch(const RunnerParts& parts, const steps::RunContext& context)
      : thread_([this, &parts, &context] {
          const journal::Inbox inbox(parts.state.inbox_path(parts.run));
          while (!is_over_) {
            if (parts.show_progress) parts.show_progress(context.rows_in_flight.load());
            for (const auto& message : inbox.pending()) {
              if (message.kind == journal::MessageKind::cancel) parts.controls.stop = true;
            }
            std::this_thread::sleep_for(kShowEvery);
          }
        }) {}
  ~Watch() {
    is_over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

/// Messages are journalled by the thread that writes the journal: what came while the run went on, at its end.
void record_messages(const RunnerParts& parts, Recorder& recorder) {
  const journal::Inbox inbox(parts.state.inbox_path(parts.run));
  const auto messages = inbox.pending();
  for (const auto& message : messages) {
    const std::string what = message.kind == journal::MessageKind::cancel ? "asked to stop: " : "";
    recorder.add(kind::note, "", "", 0, json{{"text", what + message.text + " (" + message.from + ")"}}.dump());
  }
  recorder.flush();
  inbox.remove(messages);
}

void check_identities(const plan::Plan& plan, const plan::Stores& stores) {
  for (const auto& planned : plan.stores) {
    const store::Identity now = stores.at(planned.name).store->open_session()->identity();
    // A target that the run itself has made had no identity yet; its fence and ledger say whose it is.
    if (planned.id.empty() || now.id == planned.id) continue;
    throw Error(Code::conflict,
                "the store \"" + planned.name + "\" is another database than the one this run began with: " + now.id + ", was " + planned.id,
                "point it at the right one, or start another run")
        .with_sqlstate("SL004");
  }
}

/// A source that steps still have to read must be as it was when the run began to read it.
void check_sources(const RunnerParts& parts, const RunState& state) {
  for (const auto& [store, before] : state.source_states) {
    const bool is_needed = std::any_of(parts.plan.nodes.begin(), parts.plan.nodes.end(), [&](const plan::PlannedNode& node) {
      const NodeStatus* status = state.find(node.path);
      const bool has_passed = status != nullptr && status->state == NodeState::passed;
      return !has_passed && std::find(node.sources.begin(), node.sources.end(), store) != node.sources.end();
    });
    if (!is_needed) continue;
    auto session = parts.stores.at(store).store->open_session();
    steps::check_source_state(store, before, session->source_state(steps::source_filter(parts.plan, parts.stores, store)));
  }
}

bool has_effects(const RunState& state, const plan::PlannedNode& node) {
  const NodeStatus* status = state.find(node.path);
  return status != nullptr && status->started_seq != 0 && !node.targets.empty();
}

bool has_effects_left(const plan::Plan& plan, const RunState& state) {
  return std::any_of(plan.nodes.begin(), plan.nodes.end(), [&](const auto& node) { return has_effects(state, node); });
}

bool has_effects_on(const plan::Plan& plan, const RunState& state, const std::string& target) {
  return std::any_of(plan.nodes.begin(), plan.nodes.end(), [&](const plan::PlannedNode& node) {
    return has_effects(state, node) && std::find(node.targets.begin(), node.targets.end(), target) != node.targets.end();
  });
}

/// A target that the run made itself had no identity when it was planned: there the fence tells that it is still the same.
void check_made_targets(const plan::Plan& plan, const plan::Stores& stores, const RunState& state) {
  for (const auto& planned : plan.stores) {
    if (!planned.is_target || !planned.id.empty() || !has_effects_on(plan, state, planned.name)) continue;
    if (stores.at(planned.name).store->open_session()->fence_look().exists) continue;
    throw Error(Code::conflict, "the store \"" + planned.name + "\" does not hold what this run has written to it",
                "put it back where it was (" + planned.url + "), or start another run with --new")
        .with_sqlstate("SL004");
  }
}

/// The fences decide who may go on: where they let us, a journal whose writer hangs is taken over with them.
std::unique_ptr<journal::Journal> open_for_resume(const plan::Plan& plan, const std::string& path) {
  const bool has_targets = std::any_of(plan.stores.begin(), plan.stores.end(), [](const auto& store) { return store.is_target; });
  try {
    return journal::open_journal(path);
  } catch (const Error& error) {
    if (error.code() != Code::conflict || !has_targets) throw;
    return journal::open_journal(path, journal::Opening::take_over);
  }
}

}  // namespace

void release_passed(const plan::Plan& plan, const plan::Stores& stores, const std::string& run, bool keep_ledger, Controls& controls) {
  for (const auto& target : plan.stores) {
    if (!target.is_target || stores.at(target.name).store->open_session()->fence_look().run != run) continue;
    FenceOptions options;
    options.run = run;
    options.is_resume = true;
    Fences fences(plan, stores, options, controls);
    fences.acquire();
    fences.release(keep_ledger);
    return;
  }
}

void close_run(const std::string& journal_path) {
  std::vector<journal::Event> batch(1);
  batch.front().kind = kind::run_closed;
  batch.front().data = "{}";
  try {
    journal::open_journal(journal_path)->append(batch);
  } catch (const Error& error) {
    // A writer that hangs, from which the run was taken over, still has the lock; or a rollback has begun.
    if (error.code() != Code::conflict) throw;
  }
}

bool is_closed(const std::string& journal_path) {
  const auto last = journal::read_journal(journal_path)->events(-1);
  return !last.empty() && last.front().kind == kind::run_closed;
}

RunState read_state(journal::Journal& journal) {
  RunState state;
  for (const auto& event : journal.events(0)) apply(state, event);
  return state;
}

Runner::Runner(RunnerParts parts) : parts_(std::move(parts)) {}

size_t Runner::worker_count() const {
  int32_t workers = 4;
  for (const auto& node : parts_.plan.nodes) workers = std::max(workers, node.workers);
  return static_cast<size_t>(workers);
}

SchedulerOptions Runner::scheduler_options() const {
  SchedulerOptions options;
  for (const auto& store : parts_.plan.stores) {
    if (!store.is_target) continue;
    options.max_writers[store.name] = parts_.stores.at(store.name).store->open_session()->capabilities().max_writers;
  }
  options.assumed_done = parts_.assumed_done;
  options.redo = parts_.redo;
  options.seed = std::hash<std::string>{}(parts_.run + std::to_string(this_process().pid));
  return options;
}

FenceOptions Runner::fence_options(bool is_resume) const {
  FenceOptions options;
  options.run = parts_.run;
  options.journal = parts_.state.journal_path(parts_.run);
  options.lease = parts_.lease;
  options.is_new = parts_.is_new;
  options.is_resume = is_resume;
  return options;
}

RunEnd Runner::start() {
  Fences fences(parts_.plan, parts_.stores, fence_options(false), parts_.controls);
  fences.check();
  check_targets_empty(parts_.plan, parts_.stores);
  auto journal = journal::open_journal(parts_.state.journal_path(parts_.run));
  RunState state;
  Recorder recorder(*journal, state, parts_.listen);
  recorder.add(kind::run_started, "", "", 0, started_data(parts_));
  recorder.flush();
  fences.acquire();
  if (parts_.on_begun) parts_.on_begun();
  return drive([](Scheduler& scheduler) { return scheduler.run(); }, *journal, std::move(state), fences);
}

RunEnd Runner::resume(const std::vector<std::string>& adopted_changes) {
  check_sources(parts_, read_state(*journal::read_journal(parts_.state.journal_path(parts_.run))));
  return take_up([](Scheduler& scheduler) { return scheduler.run(); }, adopted_changes);
}

RunEnd Runner::roll_back(const std::string& to) {
  return take_up(
      [&](Scheduler& scheduler) {
        if (!scheduler.state().rollback_to.empty()) return scheduler.run();
        return scheduler.roll_back(to, "asked for");
      },
      {});
}

RunEnd Runner::take_up(const std::function<RunEnd(Scheduler&)>& go, const std::vector<std::string>& adopted_changes) {
  check_identities(parts_.plan, parts_.stores);
  Fences fences(parts_.plan, parts_.stores, fence_options(true), parts_.controls);
  fences.check();
  auto journal = open_for_resume(parts_.plan, parts_.state.journal_path(parts_.run));
  RunState state = read_state(*journal);
  check_made_targets(parts_.plan, parts_.stores, state);
  Recorder recorder(*journal, state, parts_.listen);
  recorder.add(kind::run_resumed, "", "", 0, json{{"process", process_to_json()}, {"reason", "resume"}}.dump());
  if (!adopted_changes.empty()) {
    json data = {{"from", state.plan_hash}, {"to", parts_.plan.hash}, {"nodes", nodes_to_json(parts_.plan)}, {"changes", adopted_changes}};
    recorder.add(kind::plan_adopted, "", "", 0, data.dump());
  }
  fences.acquire();
  // What was sent to an earlier process is not meant for this one.
  record_messages(parts_, recorder);
  if (parts_.on_begun) parts_.on_begun();
  recorder.flush();
  return drive(go, *journal, std::move(state), fences);
}

RunEnd Runner::drive(const std::function<RunEnd(Scheduler&)>& go, journal::Journal& journal, RunState state, Fences& fences) {
  steps::RunContext context(parts_.workflow, parts_.plan, parts_.stores, parts_.run, worker_count());
  context.set_folder(parts_.state.run_path(parts_.run));
  for (const auto& [store, fence] : fences.held()) context.set_fence(store, fence);
  for (const auto& [store, source_state] : state.source_states) context.expect_state(store, source_state);
  SystemClock clock;
  RunEnd end;
  RunState last;
  {
    WorkerPool pool(context, parts_.scripts, parts_.redactor);
    Watch watch(parts_, context);
    Scheduler scheduler(parts_.plan, std::move(state), journal, pool, clock, parts_.controls, scheduler_options(), parts_.listen);
    end = go(scheduler);
    last = scheduler.state();
  }
  if (end.code == ExitCode::held) return end;
  Recorder recorder(journal, last, parts_.listen);
  record_messages(parts_, recorder);
  end_fences(fences, end, last, journal);
  return end;
}

void Runner::end_fences(Fences& fences, const RunEnd& end, const RunState& state, journal::Journal& journal) {
  const bool is_over = end.status == "passed" || (end.status == "rolled_back" && !has_effects_left(parts_.plan, state));
  if (!is_over) return fences.leave();
  RunState unused = state;
  Recorder recorder(journal, unused, parts_.listen);
  for (const std::string& problem : fences.release(parts_.keep_ledger)) {
    recorder.add(kind::note, "", "", 0, json{{"text", problem}}.dump());
  }
  recorder.flush();
}

}  // namespace sluice::run
