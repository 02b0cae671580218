#pragma once

#include "copy/copy_chunk.hpp"

namespace sluice::copy {

/// Copies a chunk that can't be copied whole: leaves out what the source can't deliver, what conversion refuses and what the target
/// refuses, each row by itself, and loads all others. A batch that fails is halved until the rows that are to blame stand alone. A
/// target without savepoints can't be asked row by row: what it refuses stays an error. Inside `guard`, which it does not commit;
/// what was left out is recorded in it. Slower than copy_chunk's own way. Throws what is no fault of a row, and when more rows are
/// rejected than may be.
void copy_carefully(store::Session& source, store::Session& target, store::Guard& guard, const ChunkWork& work,
                    const Progress& progress, ChunkOutcome& outcome);

/// What copy_chunk and this read by.
store::ReadSpec chunk_read_spec(const ChunkWork& work);
store::LoadSpec chunk_load_spec(const ChunkWork& work);

}  // namespace sluice::copy
