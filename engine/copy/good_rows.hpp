#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "arrow/fingerprint.hpp"
#include "arrow/slice.hpp"
#include "copy/convert.hpp"
#include "copy/copy_chunk.hpp"
#include "copy/halve.hpp"

namespace sluice::copy {

/// A batch that several pieces of it share.
using SharedBatch = std::shared_ptr<const arrow::Array>;

/// The rows of a chunk that the source can deliver, conversion accepts and the table's functions make; each other row goes to
/// `reject` by itself. Counts read, kept, filtered, rejected and F_src into `result`, which must outlive it, as must `work`.
class GoodRows {
 public:
  using TakeReject = std::function<void(Reject)>;

  GoodRows(store::Session& source, const ChunkWork& work, store::WorkResult& result, TakeReject reject);

  struct Piece {
    SharedBatch batch;          ///< as read
    int64_t first = 0;          ///< the first of its rows in `batch`
    SharedBatch made;           ///< converted and transformed
    bool is_row_by_row = true;  ///< the rows of both are the same ones
  };

  /// False at the end.
  bool next(Piece& piece);
  /// A row as it was read.
  store::LeftOut describe(const SharedBatch& batch, int64_t row, const Error& error) const;

 private:
  store::ReadSpec read_spec();
  void take(const SharedBatch& batch);
  void add(const SharedBatch& batch, Span span, arrow::Array converted);
  void transform(const SharedBatch& batch, Span span, arrow::Array converted);
  arrow::Array convert(const SharedBatch& batch, Span span);

  const ChunkWork& work_;
  const catalog::TableMapping before_;  ///< what is read
  store::WorkResult& result_;
  TakeReject reject_;
  std::vector<arrow::Field> carriers_;
  arrow::RowHasher hasher_;
  std::optional<Converter> converter_;
  std::deque<Piece> pieces_;
  std::unique_ptr<arrow::BatchReader> reader_;
};

}  // namespace sluice::copy
