#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "arrow/owner.hpp"
#include "arrow/view.hpp"
#include "base/error.hpp"
#include "catalog/mapping.hpp"

/// Values made by a workflow's functions: what `script` makes and `copy` brings to the types of the target.
namespace sluice::workflow {

/// What a function returned for one value.
enum class Made : uint8_t {
  nothing = 0,  ///< no function was asked: the value stays
  null,
  number,   ///< a double, as its bits
  integer,  ///< int64
  uint64,   ///< its bits
  boolean,  ///< 0 or 1
  text,     ///< begins at `values` in the bytes, `sizes` long
};

/// Results of one column. Owns nothing; without tags no function made any.
struct MadeColumn {
  const uint8_t* tags = nullptr;  ///< Made
  const int64_t* values = nullptr;
  const uint32_t* sizes = nullptr;

  Made tag(int64_t i) const { return static_cast<Made>(tags[i]); }
};

/// Rows that functions made of a batch. Valid until the next call.
struct MadeRows {
  int64_t count = 0;
  int64_t filtered = 0;               ///< rows of the batch that were dropped on the way to these
  const int32_t* origin = nullptr;    ///< row of the batch that each was made of; -1: no row, to be passed over
  std::vector<MadeColumn> by_origin;  ///< per column of the target, indexed by row of the batch
  std::vector<MadeColumn> by_row;     ///< the same, indexed by row of these; comes before by_origin
  const char* bytes = nullptr;
};

/// A function that failed on one row of a batch.
struct TransformFault {
  int64_t row;
  int column;  ///< of the target; -1: the filter or row function
  Error error;
};
/// Throws to stop; where it returns, the row is left out as rejected.
using OnFault = std::function<void(const TransformFault&)>;

/// The functions of one table. Belongs to one thread at a time.
class TableTransform {
 public:
  virtual ~TableTransform() = default;
  /// Takes a batch of TableMapping::before_transforms; it must live until next answers false.
  virtual void begin(const ArrowArray& batch, OnFault on_fault) = 0;
  /// Some of the rows made of it; false when there are no more.
  virtual bool next(MadeRows& out) = 0;
};

/// The functions of a workflow, for one worker.
class Transforms {
 public:
  virtual ~Transforms() = default;
  /// nullptr for a table without any. Lives as long as this; one per table.
  virtual TableTransform* find(size_t map, const catalog::TableMapping& table) = 0;
};

}  // namespace sluice::workflow
