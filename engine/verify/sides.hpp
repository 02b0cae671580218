#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "arrow/fingerprint.hpp"
#include "arrow/stream.hpp"
#include "arrow/view.hpp"
#include "catalog/mapping.hpp"
#include "copy/convert.hpp"
#include "store/session.hpp"
#include "workflow/table_transform.hpp"
#include "verify/diff.hpp"

/// Reading the two sides of a table in comparison types. Part of diff.hpp's work.
namespace sluice::verify {

/// One side of a comparison. The session belongs to whoever reads until the read is over.
struct TableSide {
  store::Session& session;
  const catalog::TableMapping& table;
  copy::Side side;
  CopiedBy copied = {};  ///< of the source's side
};

/// A range in the names of the target's columns.
store::Range range_for_target(const store::Range& range, const catalog::TableMapping& table);

/// The rows of the range, in comparison types. `range` is in that side's own names.
std::unique_ptr<arrow::BatchReader> read_side(const TableSide& side, const store::Range& range);

/// Calls `take` for every batch of the side.
using TakeBatch = std::function<void(const ArrowArray& batch)>;
void scan_side(const TableSide& side, const store::Range& range, const CheckCancelled& check, const TakeBatch& take);

/// Work on one side; its argument is the check to call once per batch.
using SideWork = std::function<void(const CheckCancelled&)>;
/// Runs both at once, the source's in a thread of its own. When one throws, the other stops at its next batch and the
/// first error is thrown.
void run_both(const CheckCancelled& check, const SideWork& source, const SideWork& target);

/// The key and the hash of a row. A single integer key is kept by value, so that it sorts as people count; other keys
/// by the hash of their canonical bytes; without a key it is the row's own hash.
struct KeyedRow {
  arrow::RowHash key;
  arrow::RowHash row;
  int64_t times = 1;
};

/// Computes KeyedRows batch by batch. For one thread.
class RowKeys {
 public:
  explicit RowKeys(const catalog::TableMapping& table);
  const std::vector<KeyedRow>& compute(const ArrowArray& batch);
  const std::vector<size_t>& key_columns() const { return key_columns_; }

 private:
  void set_integer_keys(const ArrowArray& batch);

  std::vector<arrow::Field> fields_;
  std::vector<size_t> key_columns_;
  bool is_integer_ = false;
  arrow::RowHasher hasher_;
  std::vector<arrow::RowHash> hashes_;
  std::vector<KeyedRow> rows_;
};

}  // namespace sluice::verify
