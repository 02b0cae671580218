#include "gate/evaluate.hpp"

namespace sluice::gate {

workflow::CriterionResult evaluate(const workflow::MetricScope& scope, const std::string& path, const std::string& criterion,
                                   const workflow::Metrics& metrics) {
  return workflow::Criterion(criterion, scope.at(path)).evaluate(metrics);
}

}  // namespace sluice::gate
