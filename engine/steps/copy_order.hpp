#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "steps/action.hpp"

/// The order in which tables that have their foreign keys already are filled.
namespace sluice::steps {

struct CopyOrder {
  std::vector<int32_t> stages;                    ///< one per table of the mapping: later than those of all tables that it refers to
  std::vector<std::vector<std::string>> circles;  ///< tables that refer to one another, for which there is no order
  std::vector<size_t> own_parents;                ///< indexes of the tables that refer to themselves
};

/// Whether foreign keys may be in place while the step copies: the tables are there already, or hold rows.
bool may_have_keys(const catalog::Mapping& mapping, const plan::PlannedNode& node);

/// By the foreign keys of mapping.target where they may be in place; else every table is of stage 0.
CopyOrder copy_order(const catalog::Mapping& mapping, bool has_keys);

/// Says in the plan what no order can help: circles, and tables that refer to themselves where chunks of `chunk_rows` rows, or rows,
/// may come before those that they refer to.
void plan_copy_order(plan::PlanContext& context, const catalog::Mapping& mapping, plan::PlannedNode& node, int64_t chunk_rows);

}  // namespace sluice::steps
