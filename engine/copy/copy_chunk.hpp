#pragma once

#include <functional>
#include <string>

#include "catalog/mapping.hpp"
#include "store/session.hpp"
#include "workflow/table_transform.hpp"

namespace sluice::copy {

/// Called with rows and bytes handed over so far, once per batch; throws to stop the copy.
using Progress = std::function<void(int64_t rows)>;

struct ChunkWork {
  const catalog::TableMapping& table;
  store::Range range;
  store::WorkKey key;
  store::Fence fence;
  int64_t batch_rows = 8192;  ///< at most so many at a time; Progress is called between them
  workflow::TableTransform* transform = nullptr;  ///< where the table has transforms
};

struct ChunkOutcome {
  bool already_done = false;
  store::WorkResult result;
  int64_t bytes = 0;
};

/// Copies one chunk: reads it, converts it, transforms it, loads it and commits it with its ledger row, in one guarded transaction. Fingerprints
/// the rows as read (F_src) and as handed over (F_out) on the way. Nothing is written when it throws.
ChunkOutcome copy_chunk(store::Session& source, store::Session& target, const ChunkWork& work, const Progress& progress);

}  // namespace sluice::copy
