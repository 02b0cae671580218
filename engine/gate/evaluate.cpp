#include "gate/evaluate.hpp"

#include "base/error.hpp"
#include "workflow/resolve.hpp"

namespace sluice::gate {

workflow::CriterionResult evaluate(const workflow::Workflow& workflow, const std::string& gate,
                                   const workflow::Metrics& metrics) {
  const workflow::Node* node = workflow.find(gate);
  if (node == nullptr) throw Error(Code::internal, "the workflow has no gate " + gate);
  return workflow::Criterion(node->criterion, workflow::resolver_for(workflow, *node)).evaluate(metrics);
}

}  // namespace sluice::gate
