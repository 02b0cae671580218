#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "steps/action.hpp"
#include "workflow/criterion.hpp"

namespace sluice::run {

/// A piece of work for one worker. A value.
struct Work {
  enum class Kind { expand = 1, task, conclude, gate, undo } kind = Kind::task;
  uint32_t node = 0;                      ///< index in the plan
  uint32_t generation = 1;
  int attempt = 1;
  steps::Task task;
  std::shared_ptr<const std::vector<steps::TaskRecord>> records;  ///< of earlier stages; all for conclude
  std::shared_ptr<const workflow::Metrics> metrics;               ///< for gates
  std::shared_ptr<steps::CancelToken> cancel;
};

/// How a gate's criterion or function came out.
struct GateResult {
  workflow::Measurement result = workflow::Measurement::error;
  std::vector<workflow::Comparison> comparisons;
  std::string message;
};

/// What came of it: the value of its kind, or why it failed. InDoubt and Cancelled are failures by their code.
struct Outcome {
  Work work;
  std::variant<steps::Expansion, steps::TaskRecord, steps::Conclusion, GateResult, steps::UndoReport, Error> value{
      steps::TaskRecord{}};
  double seconds = 0;
  std::vector<std::pair<std::string, std::string>> source_states;  ///< taken on the way: store and state
};

/// Where work is done. The seam between the scheduler and the world: a fake one drives its tests.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual size_t workers() const = 0;
  virtual void submit(Work work) = 0;
  /// Outcomes that are there, after waiting for the first of them for at most `timeout`.
  virtual std::vector<Outcome> wait(std::chrono::milliseconds timeout) = 0;
};

}  // namespace sluice::run
