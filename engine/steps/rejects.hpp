#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "steps/action.hpp"

/// What copy.tables does with rows that can't be written, where its field `rejects` says that they are kept aside.
namespace sluice::steps {

struct RejectOptions {
  int64_t limit = 0;
  std::string file;  ///< "": the run's own folder
};
/// nullopt: such a row stops the step.
std::optional<RejectOptions> reject_options(const plan::PlannedNode& node);

/// Plans the field: throws Error(unsupported) where the target keeps no rejects.
void plan_rejects(plan::PlanContext& context, const std::string& target, plan::PlannedNode& node);

/// Before anything is copied: throws where the file that the field names can't be written, or is there and somebody else's.
void check_reject_file(StepContext& context, const RejectOptions& options);

/// Writes the step's rejects into their file, a JSON object a line, whole or not at all; answers its path. "" where there are none.
std::string export_rejects(StepContext& context, const RejectOptions& options);

}  // namespace sluice::steps
