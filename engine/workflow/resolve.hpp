#pragma once

#include <memory>

#include "workflow/criterion.hpp"
#include "workflow/workflow.hpp"

namespace sluice::workflow {

/// What the gates of a workflow can see: the metrics of steps that come before them. Built once per workflow, which
/// must outlive it and its resolvers and not be changed meanwhile.
class MetricScope {
 public:
  explicit MetricScope(const Workflow& workflow);
  ~MetricScope();
  MetricScope(MetricScope&&) noexcept;

  /// Resolves names as written at the gate: "STEP.metric" of its own phase, "PHASE.STEP.metric" of any phase that its
  /// phase comes after. The function throws Error(invalid_argument) where a name is known but out of reach, saying why.
  ResolveMetric at(const std::string& gate_path) const;

 private:
  struct Index;
  std::shared_ptr<const Index> index_;
};

}  // namespace sluice::workflow
