#include "run/scheduler.hpp"

#include <nlohmann/json.hpp>

#include "journal/events.hpp"
#include "run/scheduler_impl.hpp"

namespace sluice::run {
namespace {

using workflow::NodeKind;
namespace kind = journal::kind;

/// So many steps are under way at once at most: enough to fill a group commit, few enough to look through.
constexpr size_t kActiveSteps = 256;
constexpr std::chrono::milliseconds kLookAtControls{100};

}  // namespace

Scheduler::Impl::Impl(const plan::Plan& plan, RunState state, journal::Journal& journal, Executor& executor, const Clock& clock,
                      Controls& controls, SchedulerOptions options, Listen listen)
    : plan_(plan),
      state_(std::move(state)),
      recorder_(journal, state_, std::move(listen)),
      executor_(executor),
      clock_(clock),
      controls_(controls),
      options_(std::move(options)),
      random_(options_.seed),
      begun_(clock.stopwatch_now()) {}

void Scheduler::Impl::count_unmet() {
  unmet_.assign(plan_.nodes.size(), 0);
  followers_.assign(plan_.nodes.size(), {});
  ready_.clear();
  for (uint32_t i = 0; i < plan_.nodes.size(); ++i) {
    for (uint32_t before : plan_.nodes[i].after) {
      followers_[before].push_back(i);
      const NodeStatus* status = state_.find(plan_.nodes[before].path);
      if (status == nullptr || status->state != NodeState::passed) ++unmet_[i];
    }
  }
  for (uint32_t i = 0; i < plan_.nodes.size(); ++i) {
    const NodeStatus* status = state_.find(plan_.nodes[i].path);
    const bool has_passed = status != nullptr && status->state == NodeState::passed;
    if (!has_passed && unmet_[i] == 0) ready_.insert(i);
  }
}

RunEnd Scheduler::Impl::run() {
  if (!state_.rollback_to.empty()) return continue_rollback(state_.rollback_is_automatic);
  count_unmet();
  try {
    return go();
  } catch (const std::exception&) {
    // The journal failed: nothing more may start, and what runs must not outlive us.
    drain_after_failure();
    throw;
  }
}

RunEnd Scheduler::Impl::go() {
  for (;;) {
    look_at_controls();
    look_at_timers();
    start_ready();
    recorder_.flush();
    dispatch();
    if (active_.empty() && (ready_.empty() || is_ending())) break;
    for (Outcome& outcome : executor_.wait(wait_time())) handle(std::move(outcome));
  }
  recorder_.flush();
  return end();
}

void Scheduler::Impl::look_at_controls() {
  const bool is_fenced = controls_.fenced.load();
  const bool is_stopping = controls_.stop.load();
  if ((!is_fenced || is_fenced_) && (!is_stopping || is_stopping_)) return;
  is_fenced_ = is_fenced_ || is_fenced;
  is_stopping_ = is_stopping_ || is_stopping;
  for (auto& [index, step] : active_) step.cancel->cancel(Code::cancelled);
}

void Scheduler::Impl::start_ready() {
  while (!ready_.empty() && !is_ending() && active_.size() < kActiveSteps) {
    const uint32_t index = *ready_.begin();
    ready_.erase(ready_.begin());
    start(index);
  }
  if (!is_ending()) return;
  for (auto step = active_.begin(); step != active_.end();) {
    auto next = std::next(step);
    step->second.drop_work();
    if (step->second.running == 0) active_.erase(step);
    step = next;
  }
}

void Scheduler::Impl::start(uint32_t index) {
  const plan::PlannedNode& node = plan_.nodes[index];
  if (node.kind == NodeKind::phase || node.kind == NodeKind::parallel) {
    pass(index, "{}");
    return;
  }
  start_step(index, node);
}

void Scheduler::Impl::start_step(uint32_t index, const plan::PlannedNode& node) {
  const NodeStatus& status = state_.node(node.path);
  recorder_.add(kind::node_started, node.path, "", status.generation, "{}");
  ActiveStep& step = active_.try_emplace(index, index, node, status.generation, clock_.stopwatch_now()).first->second;
  step.records = status.records;
  if (!status.in_doubt.empty() && !settle_doubt(step, status)) return;
  Work work;
  work.kind = node.kind == NodeKind::gate ? Work::Kind::gate : Work::Kind::expand;
  work.node = index;
  work.generation = status.generation;
  work.cancel = step.cancel;
  step.add(std::move(work));
}

/// What a person says of tasks whose end is unknown. False where the step is over with that.
bool Scheduler::Impl::settle_doubt(ActiveStep& step, const NodeStatus& status) {
  const plan::PlannedNode& node = step.node;
  const std::set<std::string> tasks = status.in_doubt;
  const bool is_whole_step = tasks.contains("do");
  if (options_.assumed_done.contains(node.path)) {
    recorder_.add(kind::note, node.path, "", status.generation, R"({"text":"a person says that it was done"})");
    if (is_whole_step) {
      const uint32_t index = step.index;
      close(step);
      pass(index, R"({"summary":"assumed done"})");
      return false;
    }
    for (const std::string& task : tasks) {
      steps::TaskRecord record;
      record.id = task;
      record.detail = R"({"assumed":true})";
      recorder_.add(kind::task_done, node.path, task, status.generation, record_to_json(record));
      step.records.push_back(std::move(record));
    }
    return true;
  }
  if (options_.redo.contains(node.path)) return true;
  std::string names;
  for (const std::string& task : tasks) names += (names.empty() ? "" : ", ") + task;
  fail(step, Error(Code::in_doubt, (is_whole_step ? node.path : node.path + ": " + names) +
                                       " had begun when an earlier process of this run ended, and how it ended is unknown",
                   "look at its effect, then: sluice resume --redo " + node.path + ", or --assume-done " + node.path));
  return false;
}

void Scheduler::Impl::dispatch() {
  if (is_ending()) return;
  // One piece per step and round, so that a step with many tasks does not keep the others from starting.
  for (bool has_given = true; has_given && in_flight_ < executor_.workers();) {
    has_given = false;
    for (auto& [index, step] : active_) {
      if (in_flight_ >= executor_.workers()) return;
      if (step.has_work() && submit_one(step)) has_given = true;
    }
  }
}

bool Scheduler::Impl::submit_one(ActiveStep& step) {
  const std::string& lane = step.next_work().task.writes;
  if (!lane.empty()) {
    auto limit = options_.max_writers.find(lane);
    if (limit != options_.max_writers.end() && limit->second > 0 && lanes_[lane] >= limit->second) return false;
    ++lanes_[lane];
  }
  Work work = step.take_work();
  if (work.kind == Work::Kind::gate) {
    const std::vector<std::string>& reads = step.node.reads;
    work.metrics = std::make_shared<const workflow::Metrics>(reads.empty() ? state_.metrics() : state_.metrics(reads));
  }
  note_intent(step, work);
  ++step.running;
  ++in_flight_;
  executor_.submit(std::move(work));
  return true;
}

void Scheduler::Impl::look_at_timers() {
  const auto now = clock_.stopwatch_now();
  for (auto& [index, step] : active_) {
    if (step.deadline && now >= *step.deadline && !step.error) {
      step.cancel->cancel(Code::timeout);
      if (step.running == 0) {
        fail(step, Error(Code::timeout, step.node.path + " took longer than its timeout", "raise `timeout` or look why it is slow"));
        return;
      }
      step.deadline.reset();
    }
    for (Work& work : step.take_due(now)) step.add(std::move(work));
  }
}

/// The intent is durable before the effect, and no earlier than it must be: what has not begun is in no doubt.
void Scheduler::Impl::note_intent(const ActiveStep& step, const Work& work) {
  if (!step.node.is_probed || work.kind != Work::Kind::task) return;
  recorder_.add(kind::task_started, step.node.path, work.task.id, step.generation);
  recorder_.flush();
}

std::chrono::milliseconds Scheduler::Impl::wait_time() const {
  const auto now = clock_.stopwatch_now();
  auto wait = kLookAtControls;
  for (const auto& [index, step] : active_) {
    if (auto due = step.next_due()) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*due - now) + std::chrono::milliseconds(1);
      wait = std::max(std::chrono::milliseconds(0), std::min(wait, left));
    }
  }
  return wait;
}

RunEnd Scheduler::Impl::end() {
  if (is_fenced_) {
    return {ExitCode::held, "held", "another engine has taken the target over; this one has stopped and changed nothing more"};
  }
  if (is_stopping_) return record_end(ExitCode::interrupted, "interrupted", "stopped on request; resume goes on from here", true);
  if (failed_) return end_failed();
  return record_end(ExitCode::passed, "passed", "", false);
}

RunEnd Scheduler::Impl::end_failed() {
  const plan::PlannedNode& node = plan_.nodes[failed_->node];
  const std::string message = node.path + ": " + failed_->error.what();
  // A changed source says nothing against what was copied before: nothing is undone on its account.
  if (failed_->error.sqlstate() == "SL003") return record_end(ExitCode::changed, "failed", message, true);
  // A store that can't be reached can't be rolled back either, and nothing is wrong with what it holds: a resume goes on there.
  const bool is_away = failed_->error.code() == Code::unavailable;
  if (!is_away && node.on_fail && node.on_fail->kind == workflow::OnFail::Kind::rollback_to) {
    failed_.reset();
    RunEnd end = roll_back(node.on_fail->node, message, true);
    if (end.code == ExitCode::rolled_back) end.message = message;
    return end;
  }
  return record_end(ExitCode::failed, "failed", message, true);
}

RunEnd Scheduler::Impl::record_end(ExitCode code, const std::string& status, const std::string& message, bool is_resumable) {
  nlohmann::json data = {{"status", status},
                         {"exit_code", static_cast<int>(code)},
                         {"seconds", seconds_since(begun_)},
                         {"verdict", state_.verdict()},
                         {"resumable", is_resumable},
                         {"message", message}};
  recorder_.add(kind::run_ended, "", "", 0, data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  recorder_.flush();
  return {code, status, message};
}

void Scheduler::Impl::drain_after_failure() {
  for (auto& [index, step] : active_) step.cancel->cancel(Code::cancelled);
  while (in_flight_ > 0) in_flight_ -= executor_.wait(kLookAtControls).size();
}

double Scheduler::Impl::seconds_since(Clock::Stopwatch start) const {
  return std::chrono::duration<double>(clock_.stopwatch_now() - start).count();
}

Scheduler::Scheduler(const plan::Plan& plan, RunState state, journal::Journal& journal, Executor& executor, const Clock& clock,
                     Controls& controls, SchedulerOptions options, Listen listen)
    : impl_(std::make_unique<Impl>(plan, std::move(state), journal, executor, clock, controls, std::move(options),
                                   std::move(listen))) {}

Scheduler::~Scheduler() = default;

RunEnd Scheduler::run() { return impl_->run(); }

RunEnd Scheduler::roll_back(const std::string& to, const std::string& reason) { return impl_->roll_back(to, reason, false); }

const RunState& Scheduler::state() const { return impl_->state(); }

}  // namespace sluice::run
