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

  /// Resolves names as written at `gate`: "STEP.metric" of its own phase, "PHASE.STEP.metric" of any phase that its
  /// phase comes after. The function throws Error(invalid_argument) where a name is known but out of reach, saying why.
  ResolveMetric at(const Node& gate) const;

 private:
  struct Index;
  std::shared_ptr<const Index> index_;
};

/// The same for one gate; used at load and again when the gate is evaluated.
ResolveMetric resolver_for(const Workflow& workflow, const Node& gate);

}  // namespace sluice::workflow
