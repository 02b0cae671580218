#pragma once

#include "arrow/type.hpp"

namespace sluice::arrow {

/// Whether values have a length each: text, number, json, binary.
bool has_offsets(Kind kind);
/// Bytes of an entry in a column's second buffer: 0 where it is a bit, those of an offset where values have a length each.
int width_of(Kind kind);

}  // namespace sluice::arrow
