#pragma once

#include "steps/action.hpp"

/// The field `mode` of copy.tables: what becomes of rows that the target has already.
namespace sluice::steps {

/// Whether every target table of the second is one of the first.
bool has_tables(const catalog::Mapping& made, const catalog::Mapping& wanted);
/// The default mode: the tables must hold no rows.
bool wants_empty_tables(const plan::PlannedNode& node);
/// The tables are emptied before the first row is copied.
bool replaces_rows(const plan::PlannedNode& node);
store::LoadMode load_mode(const plan::PlannedNode& node);

/// Plans the field. Throws Error(unsupported) where the target can't look whether a row is there, or a table has no key to look by.
void plan_load_mode(plan::PlanContext& context, const catalog::Mapping& mapping, plan::PlannedNode& node);

/// Empties the tables, once per step and generation, in a guarded transaction of its own.
void clear_tables(StepContext& context);

}  // namespace sluice::steps
