#include <nlohmann/json.hpp>

#include "journal/events.hpp"
#include "run/scheduler_impl.hpp"

namespace sluice::run {
namespace {

using nlohmann::json;
namespace kind = journal::kind;

/// Steps that don't say `retry` are tried again this often where trying again can help.
constexpr int kDefaultRetries = 3;

std::string dump(const json& data) { return data.dump(-1, ' ', false, json::error_handler_t::replace); }

json gate_to_json(const plan::PlannedNode& node, const GateResult& gate) {
  json comparisons = json::array();
  for (const auto& comparison : gate.comparisons) {
    comparisons.push_back({{"text", comparison.text},
                           {"left", comparison.left},
                           {"right", comparison.right},
                           {"result", workflow::to_text(comparison.result)}});
  }
  return {{"criterion", node.criterion.empty() ? "function at " + node.where : node.criterion},
          {"result", workflow::to_text(gate.result)},
          {"comparisons", comparisons},
          {"message", gate.message}};
}

std::string gate_failure(const plan::PlannedNode& node, const GateResult& gate) {
  std::string text = node.criterion.empty() ? "its function says no" : node.criterion + " does not hold";
  for (const auto& comparison : gate.comparisons) {
    if (comparison.result != workflow::Measurement::pass) text += ": " + comparison.left + " against " + comparison.right;
  }
  if (!gate.message.empty()) text += ": " + gate.message;
  return text;
}

}  // namespace

void Scheduler::Impl::handle(Outcome outcome) {
  --in_flight_;
  auto found = active_.find(outcome.work.node);
  if (found == active_.end()) throw Error(Code::internal, "an outcome came back for a step that isn't active");
  ActiveStep& step = found->second;
  --step.running;
  if (!outcome.work.task.writes.empty()) --lanes_[outcome.work.task.writes];
  for (const auto& [store, state] : outcome.source_states) {
    recorder_.add(kind::source_state, "", "", 0, dump({{"store", store}, {"state", json::parse(state)}}));
  }
  if (auto* error = std::get_if<Error>(&outcome.value)) return handle_error(step, outcome, *error);
  if (auto* expansion = std::get_if<steps::Expansion>(&outcome.value)) return handle_expansion(step, std::move(*expansion));
  if (auto* record = std::get_if<steps::TaskRecord>(&outcome.value)) return handle_record(step, outcome, std::move(*record));
  if (auto* conclusion = std::get_if<steps::Conclusion>(&outcome.value)) return handle_conclusion(step, *conclusion);
  if (auto* gate = std::get_if<GateResult>(&outcome.value)) return handle_gate(step, *gate);
}

int Scheduler::Impl::attempts_allowed(const ActiveStep& step, const Error& error) const {
  const int written = step.node.retry.times;
  if (is_retryable(error)) return 1 + (written > 0 ? written : kDefaultRetries);
  // A program that fails says nothing about why: a retry that the workflow asks for is tried.
  if (step.node.is_probed && written > 0 && error.sqlstate().empty() && error.code() == Code::data) return 1 + written;
  return 1;
}

void Scheduler::Impl::handle_error(ActiveStep& step, Outcome& outcome, const Error& error) {
  if (error.sqlstate() == "SL001" || error.sqlstate() == "SL002") is_fenced_ = true;
  const bool is_stopped = error.code() == Code::cancelled && (is_stopping_ || is_fenced_);
  if (is_stopped || is_fenced_) {
    for (auto& [index, other] : active_) other.cancel->cancel(Code::cancelled);
    if (step.running == 0) active_.erase(step.index);
    return;
  }
  const bool is_over = step.cancel->is_cancelled() || is_ending();
  const int allowed = is_over ? 1 : attempts_allowed(step, error);
  const bool is_tried_again = outcome.work.attempt < allowed;
  const auto wait = backoff(step.node.retry, outcome.work.attempt, random_);
  json data = {{"error", json::parse(error_to_json(error))},
               {"attempt", outcome.work.attempt},
               {"wait_ms", is_tried_again ? wait.count() : -1}};
  recorder_.add(kind::task_failed, step.node.path, outcome.work.task.id, step.generation, dump(data));
  if (is_tried_again) {
    ++outcome.work.attempt;
    step.delay(std::move(outcome.work), clock_.stopwatch_now() + wait);
    return;
  }
  const std::string tried = outcome.work.attempt > 1 ? " (after " + std::to_string(outcome.work.attempt) + " attempts)" : "";
  if (!step.error) step.error = tried.empty() ? error : Error(error.code(), error.message() + tried, error.hint(), error.where());
  step.drop_work();
  advance(step);
}

void Scheduler::Impl::handle_expansion(ActiveStep& step, steps::Expansion expansion) {
  std::set<std::string> recorded;
  for (const auto& record : step.records) recorded.insert(record.id);
  // What the journal knows and the ledger has already left out must not be counted twice.
  const auto erased = std::erase_if(expansion.tasks, [&](const steps::Task& task) { return recorded.contains(task.id); });
  const auto count = static_cast<int64_t>(expansion.tasks.size());
  recorder_.add(kind::tasks_planned, step.node.path, "", step.generation,
                dump({{"tasks", count}, {"done", expansion.done + static_cast<int64_t>(erased)}}));
  step.add_tasks(std::move(expansion.tasks));
  advance(step);
}

void Scheduler::Impl::handle_record(ActiveStep& step, const Outcome& outcome, steps::TaskRecord record) {
  record.id = outcome.work.task.id;
  record.seconds = outcome.seconds;
  recorder_.add(kind::task_done, step.node.path, record.id, step.generation, record_to_json(record));
  step.records.push_back(std::move(record));
  advance(step);
}

void Scheduler::Impl::advance(ActiveStep& step) {
  if (step.error) {
    if (step.running == 0) fail(step, *step.error);
    return;
  }
  if (!step.is_idle() || is_ending() || step.is_concluding) return;
  if (step.begin_next_stage()) return;
  step.is_concluding = true;
  Work work;
  work.kind = Work::Kind::conclude;
  work.node = step.index;
  work.generation = step.generation;
  work.records = std::make_shared<const std::vector<steps::TaskRecord>>(step.records);
  work.cancel = step.cancel;
  step.add(std::move(work));
}

void Scheduler::Impl::handle_conclusion(ActiveStep& step, const steps::Conclusion& conclusion) {
  json data = {{"seconds", seconds_since(step.started)}, {"summary", conclusion.summary}};
  if (!conclusion.metrics.empty()) data["metrics"] = workflow::write_metrics(conclusion.metrics);
  if (conclusion.differences != "[]") data["differences"] = json::parse(conclusion.differences);
  if (!conclusion.verdict.empty()) data["verdict"] = conclusion.verdict;
  const uint32_t index = step.index;
  close(step);
  pass(index, dump(data));
}

void Scheduler::Impl::handle_gate(ActiveStep& step, const GateResult& gate) {
  recorder_.add(kind::gate_measured, step.node.path, "", step.generation, dump(gate_to_json(step.node, gate)));
  if (gate.result == workflow::Measurement::pass) {
    const uint32_t index = step.index;
    const double seconds = seconds_since(step.started);
    close(step);
    pass(index, dump({{"seconds", seconds}}));
    return;
  }
  fail(step, Error(Code::data, gate_failure(step.node, gate)));
}

void Scheduler::Impl::pass(uint32_t index, const std::string& data) {
  const plan::PlannedNode& node = plan_.nodes[index];
  if (node.kind != workflow::NodeKind::parallel) {
    recorder_.add(kind::node_passed, node.path, "", state_.node(node.path).generation, data);
  } else {
    // Groups stand for themselves only inside this process: their children are what the journal knows.
    state_.node(node.path).state = NodeState::passed;
  }
  for (uint32_t follower : followers_[index]) {
    if (--unmet_[follower] == 0) ready_.insert(follower);
  }
}

void Scheduler::Impl::fail(ActiveStep& step, const Error& error) {
  json data = {{"seconds", seconds_since(step.started)}, {"error", json::parse(error_to_json(error))}};
  recorder_.add(kind::node_failed, step.node.path, "", step.generation, dump(data));
  if (!failed_) failed_ = Failure{step.index, error};
  close(step);
}

void Scheduler::Impl::close(ActiveStep& step) { active_.erase(step.index); }

}  // namespace sluice::run
