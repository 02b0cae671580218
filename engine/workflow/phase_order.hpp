#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "workflow/workflow.hpp"

namespace sluice::workflow {

/// Per phase the indexes of the phases it directly waits for: those of `after`, else the one written before it. Unknown
/// names are left out.
std::vector<std::vector<size_t>> phases_waited_for(const Workflow& workflow);

/// For each phase by index: whether it has passed when `phase` starts. `waited_for` as from phases_waited_for.
std::vector<bool> phases_before(const std::vector<std::vector<size_t>>& waited_for, size_t phase);

/// The names along a cycle of `after`, first and last the same ("prepare", "copy", "prepare"); empty where there is
/// none.
std::vector<std::string> find_phase_cycle(const Workflow& workflow);

}  // namespace sluice::workflow
