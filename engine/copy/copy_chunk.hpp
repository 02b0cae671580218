#pragma once

#include <functional>
#include <string>

#include "catalog/mapping.hpp"
#include "copy/rejects.hpp"
#include "store/session.hpp"
#include "workflow/table_transform.hpp"

namespace sluice::copy {

/// Called with the rows read so far and the bytes of values handed over so far, once per batch; throws to stop the copy.
using Progress = std::function<void(int64_t rows, int64_t bytes)>;

struct ChunkWork {
  const catalog::TableMapping& table;
  store::Range range;
  store::WorkKey key;
  store::Fence fence;
  int64_t batch_rows = 8192;  ///< at most so many at a time; Progress is called between them
  int64_t batch_bytes = 0;    ///< and about so many bytes; 0: a size that keeps memory flat
  workflow::TableTransform* transform = nullptr;  ///< where the table has transforms
  store::LoadMode mode = store::LoadMode::append;
  RejectLimit* rejects = nullptr;  ///< nullptr: a row that can't be written is an error
};

struct ChunkOutcome {
  bool already_done = false;
  store::WorkResult result;
  int64_t bytes = 0;
  int64_t rejects = 0;  ///< counted against the limit; to be given back when the commit fails
};

/// Copies one chunk: reads it, converts it, transforms it, loads it and commits it with its ledger row, in one guarded transaction.
/// Fingerprints the rows as read (F_src) and as handed over (F_out) on the way. Nothing is written when it throws. With rejects a chunk
/// that fails by a row's fault is copied again, carefully.
ChunkOutcome copy_chunk(store::Session& source, store::Session& target, const ChunkWork& work, const Progress& progress);

/// Throws Error(data) unless the store took every row it was sent.
void require_all_loaded(const ChunkWork& work, int64_t sent, const store::LoadResult& loaded);

}  // namespace sluice::copy
