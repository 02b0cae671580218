#include "copy/good_rows.hpp"

#include <algorithm>
#include <utility>

#include "copy/careful_copy.hpp"
#include "copy/convert_cast.hpp"
#include "copy/transform_stage.hpp"

namespace sluice::copy {

namespace {

/// Small: halving reads a bad batch about ten times.
constexpr int64_t kBatchRows = 1024;

}  // namespace

GoodRows::GoodRows(store::Session& source, const ChunkWork& work, store::WorkResult& result, TakeReject reject)
    : work_(work),
      before_(work.table.has_transforms() ? work.table.before_transforms() : work.table),
      result_(result),
      reject_(std::move(reject)),
      carriers_(carrier_fields(work.table, Side::source)),
      hasher_(carriers_),
      reader_(source.read(read_spec())) {}

bool GoodRows::next(Piece& piece) {
  while (pieces_.empty()) {
    auto batch = std::make_shared<const arrow::Array>(reader_->next());
    if (batch->empty()) return false;
    take(batch);
  }
  piece = std::move(pieces_.front());
  pieces_.pop_front();
  return true;
}

store::LeftOut GoodRows::describe(const SharedBatch& batch, int64_t row, const Error& error) const {
  const auto views = arrow::view_batch(carriers_, **batch);
  store::LeftOut left_out;
  left_out.code = error.code();
  left_out.key = RowPlace(before_, Side::source, views).key(row);
  left_out.reason = error.what();
  left_out.row = row_to_json(carriers_, views, row);
  return left_out;
}

store::ReadSpec GoodRows::read_spec() {
  store::ReadSpec spec = chunk_read_spec(work_);
  spec.batch_rows = std::min(spec.batch_rows, kBatchRows);
  spec.left_out = [this](store::LeftOut row) {
    ++result_.read;
    ++result_.rejected;
    reject_({RejectSide::source, std::move(row)});
  };
  return spec;
}

void GoodRows::take(const SharedBatch& batch) {
  result_.read += (*batch)->length;
  halve(
      {0, (*batch)->length}, [&](Span span) { add(batch, span, convert(batch, span)); },
      [&](int64_t row, const Error& error) {
        ++result_.rejected;
        reject_({RejectSide::convert, describe(batch, row, error)});
      });
}

void GoodRows::add(const SharedBatch& batch, Span span, arrow::Array converted) {
  hasher_.add_to(*arrow::slice(batch, span.first, span.rows), result_.f_src);
  if (work_.transform != nullptr) return transform(batch, span, std::move(converted));
  result_.kept += span.rows;
  pieces_.push_back({batch, span.first, std::make_shared<const arrow::Array>(std::move(converted))});
}

void GoodRows::transform(const SharedBatch& batch, Span span, arrow::Array converted) {
  TransformStage stage(work_.table, *work_.transform, [&](int64_t row, const Error& error) {
    ++result_.rejected;
    reject_({RejectSide::convert, describe(batch, span.first + row, error)});
  });
  stage.take(std::move(converted));
  for (arrow::Array made = stage.next(); !made.empty(); made = stage.next()) {
    pieces_.push_back({batch, span.first, std::make_shared<const arrow::Array>(std::move(made)), false});
  }
  result_.filtered += stage.counts().filtered;
  result_.kept += span.rows - stage.counts().filtered - stage.counts().rejected;
}

arrow::Array GoodRows::convert(const SharedBatch& batch, Span span) {
  if (!converter_) converter_.emplace(work_.table, Side::source);
  try {
    return converter_->convert(arrow::slice(batch, span.first, span.rows));
  } catch (...) {
    converter_.reset();  // it holds a part of the batch
    throw;
  }
}

}  // namespace sluice::copy
