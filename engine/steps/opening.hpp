#pragma once

#include <optional>

#include "steps/since.hpp"

/// How copy.tables opens a table: what of it is copied, and in which chunks. Decided once and committed before any chunk is copied:
/// cut anew on resume, "chunk 7" would mean other rows.
namespace sluice::steps {

struct Opening {
  store::Cuts cuts;
  std::optional<Since> since;
};

/// Reads it from the ledger, or decides and commits it.
Opening open_table(StepContext& context, const catalog::TableMapping& table, int64_t chunk_rows);

/// As the ledger has it. Throws Error(internal) for a table that was not opened.
Opening read_opening(StepContext& context, const catalog::TableMapping& table);

/// The table with the condition that it was opened with.
catalog::TableMapping taken_rows(StepContext& context, const catalog::TableMapping& table);

}  // namespace sluice::steps
