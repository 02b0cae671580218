#pragma once

#include <cstdint>

#include "arrow/view.hpp"

/// The memory that scripts/sluice/transform.lua reads and writes. Its ffi.cdef says the same; transform.cpp asserts the
/// sizes.
namespace sluice::script {

/// A column of the batch that is being transformed. `values` begin with the batch's first row.
struct InColumn {
  const uint8_t* validity;
  const void* values;
  const char* data;
  const arrow::ColumnView* view;
  int32_t has_nulls;
  int32_t first_bit;  ///< of the first row, in validity and in booleans
};

/// Results of one column: tags are workflow::Made.
struct OutColumn {
  uint8_t* tags;
  int64_t* values;
  uint32_t* sizes;
};

struct TransformBatch {
  const InColumn* in;
  OutColumn* made;  ///< per column of the target, by row of the batch: what `columns` and `add` say
  OutColumn* set;   ///< the same by row that comes out: what `row` says
  int32_t* selected;
  int32_t* origin;
  char* bytes;  ///< of all texts that were returned
  int32_t bytes_size;
  int32_t bytes_capacity;
  int32_t at;    ///< index into `selected` where the loop is
  int32_t row;   ///< the row of the batch that functions see; -1: none
  int32_t kept;  ///< by the filter so far
  int32_t out;   ///< rows that came out so far
  int32_t out_capacity;
  int32_t dropped;   ///< rows of which nothing came out
  int32_t is_dirty;  ///< something is set in the row at `out`
  int32_t text_size;
  const char* text;  ///< answer of read_text
  int32_t (*grow_bytes)(TransformBatch* batch, int32_t more);
  int32_t (*grow_rows)(TransformBatch* batch, int32_t more);
  int32_t (*read_text)(TransformBatch* batch, const InColumn* column, int32_t row);
};

}  // namespace sluice::script
