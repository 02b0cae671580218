#pragma once

#include <optional>
#include <string>

#include "steps/action.hpp"

/// The field `since` of copy.tables: of a table only those rows are copied whose watermark column is at or above the highest value
/// that the last finished copy saw. Those values, the marks, stay in the target's ledger when a run is over.
namespace sluice::steps {

/// What a copy takes of a table by its watermark. Values are literals of the source's language.
struct Since {
  std::string column;  ///< the source's name
  std::string from;    ///< the mark of the last copy; "": there is none, every row is taken
  std::string to;      ///< the highest value in the run's snapshot; "": no row has one
  int64_t rows = 0;    ///< that are taken
  int64_t mark = -1;   ///< number of the mark that `from` is of; -1: none
};

/// One line of JSON, and back.
std::string to_json(const Since& since);
Since since_from_json(const std::string& json);

/// Plans the field. Throws Error(invalid_argument, unsupported) for a table or column that isn't there, a type without an order, a
/// mode that can't be repeated, an undo, a source without a query language.
void plan_since(plan::PlanContext& context, const catalog::Mapping& mapping, plan::PlannedNode& node);

/// Finds mark and highest value; nullopt where the field doesn't name the table.
std::optional<Since> look_since(StepContext& context, const catalog::TableMapping& table);

/// The table as it is to be read: with the watermark's condition beside its own.
catalog::TableMapping taken_since(StepContext& context, const catalog::TableMapping& table, const Since& since);

/// After the whole table was copied: the next copy begins at `to`. Twice does nothing, nor does it where another run has set a mark since.
void keep_mark(StepContext& context, const catalog::TableMapping& table, const Since& since);

/// Inside a guard that empties or drops the tables of the step's map: what was copied into them is gone, and the marks with it.
void forget_marks(StepContext& context);

}  // namespace sluice::steps
