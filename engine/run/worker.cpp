#include "run/worker.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "gate/evaluate.hpp"

namespace sluice::run {
namespace {

/// What a gate's function sees: stores through this worker's own sessions, and the metrics.
class WorkerGateContext : public workflow::GateContext {
 public:
  WorkerGateContext(const plan::Stores& stores, steps::Sessions& sessions, const workflow::Metrics& metrics)
      : stores_(stores), sessions_(sessions), metrics_(metrics) {}

  std::optional<std::string> scalar(const std::string& store, const std::string& query) override {
    return sessions_.of(store).scalar(query);
  }
  bool has_store(const std::string& name) const override { return stores_.all().contains(name); }
  const workflow::Metrics& metrics() const override { return metrics_; }

 private:
  const plan::Stores& stores_;
  steps::Sessions& sessions_;
  const workflow::Metrics& metrics_;
};

steps::StepContext context_of(steps::RunContext& run, const plan::PlannedNode& node, const Work& work, size_t worker,
                              steps::Sessions& sessions) {
  return {run, node, work.generation, worker, sessions, *work.cancel, *work.records};
}

const std::vector<steps::TaskRecord> kNoRecords;

/// A statement that was cancelled from outside only knows that it was; the token knows why.
Error why_stopped(const steps::CancelToken& cancel, const Error& error) {
  if (error.code() != Code::cancelled) return error;
  try {
    cancel.check();
  } catch (const Error& reason) {
    return reason;
  }
  return error;
}

}  // namespace

Worker::Worker(steps::RunContext& run, const workflow::ScriptCallsFactory* scripts, const Redactor& redactor, size_t index)
    : run_(run), scripts_(scripts), redactor_(redactor), index_(index), sessions_(run.stores()) {
  if (scripts_ != nullptr) transforms_ = scripts_->make_transforms();
}

Outcome Worker::work(Work work) {
  Outcome outcome;
  outcome.work = std::move(work);
  const auto started = std::chrono::steady_clock::now();
  const plan::PlannedNode& node = run_.plan().nodes.at(outcome.work.node);
  try {
    outcome.work.cancel->check();
    act(outcome);
  } catch (const Error& error) {
    outcome.value = redacted(why_stopped(*outcome.work.cancel, error));
    recover(node, error);
  } catch (const std::exception& error) {
    outcome.value = redacted(Error(Code::internal, error.what()));
    sessions_.close_all();
  }
  outcome.source_states = run_.take_new_states();
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return outcome;
}

void Worker::act(Outcome& outcome) {
  const Work& work = outcome.work;
  const plan::PlannedNode& node = run_.plan().nodes.at(work.node);
  if (work.kind == Work::Kind::gate) {
    outcome.value = measure(node, work);
    return;
  }
  if (work.kind == Work::Kind::undo) {
    outcome.value = undo(node, work);
    return;
  }
  const steps::Action* action = steps::find_action(node.word);
  if (action == nullptr) throw Error(Code::internal, "no action bears the word " + node.word);
  steps::StepContext context{run_, node, work.generation, index_, sessions_, *work.cancel, work.records ? *work.records : kNoRecords,
                             transforms_.get()};
  if (work.kind == Work::Kind::expand) outcome.value = action->expand(context);
  if (work.kind == Work::Kind::task) outcome.value = action->run(context, work.task);
  if (work.kind == Work::Kind::conclude) outcome.value = action->conclude(context);
}

GateResult Worker::measure(const plan::PlannedNode& node, const Work& work) {
  if (!node.check.empty()) return call_function(node, work);
  if (!scope_) scope_.emplace(run_.workflow());
  workflow::CriterionResult evaluation = gate::evaluate(*scope_, node.path, node.criterion, *work.metrics);
  return {evaluation.result, std::move(evaluation.comparisons), std::move(evaluation.message)};
}

GateResult Worker::call_function(const plan::PlannedNode& node, const Work& work) {
  if (!calls_) calls_ = scripts_->make();
  WorkerGateContext context(run_.stores(), sessions_, *work.metrics);
  workflow::GateAnswer answer = calls_->check_gate(workflow::FunctionRef{node.check}, context);
  GateResult result;
  result.result = answer.holds ? workflow::Measurement::pass : workflow::Measurement::fail;
  result.message = std::move(answer.message);
  return result;
}

steps::UndoReport Worker::undo(const plan::PlannedNode& node, const Work& work) {
  if (node.undo.empty()) {
    steps::StepContext context = context_of(run_, node, work, index_, sessions_);
    return steps::find_action(node.word)->undo(context);
  }
  // The team's own compensation: an action like any other, with ledger keys of its own.
  const nlohmann::json undo = nlohmann::json::parse(node.undo);
  plan::PlannedNode twin = node;
  twin.path = node.path + "#undo";
  twin.word = undo.at("word");
  twin.fields = undo.at("fields").dump();
  const steps::Action* action = steps::find_action(twin.word);
  steps::StepContext context = context_of(run_, twin, work, index_, sessions_);
  steps::UndoReport report;
  for (const steps::Task& task : action->expand(context).tasks) report.rows += action->run(context, task).rows;
  report.dropped.push_back("ran " + twin.word);
  return report;
}

/// After a lost connection nothing of it is to be trusted: sessions connect anew, readers join the run's snapshot again.
void Worker::recover(const plan::PlannedNode& node, const Error& error) {
  sessions_.close_all();
  if (error.code() != Code::unavailable) return;
  for (const std::string& source : node.sources) {
    try {
      run_.reopen_reader(source, index_);
    } catch (const Error&) {
      // The next attempt meets the same trouble and reports it.
    }
  }
}

Error Worker::redacted(const Error& error) const {
  return Error(error.code(), redactor_.redact(error.message()), redactor_.redact(error.hint()), error.where())
      .with_sqlstate(error.sqlstate());
}

}  // namespace sluice::run
