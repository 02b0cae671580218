#include "copy/careful_copy.hpp"

#include <functional>
#include <utility>

#include "arrow/fingerprint.hpp"
#include "arrow/slice.hpp"
#include "base/error.hpp"
#include "copy/batch_parts.hpp"
#include "copy/convert.hpp"
#include "copy/convert_cast.hpp"
#include "copy/good_rows.hpp"
#include "copy/halve.hpp"

namespace sluice::copy {

namespace {

/// A reject may be a record of a file, and a bad file has one behind the other.
constexpr size_t kMostWaitingBytes = size_t{4} << 20;

/// One batch, once.
class OneBatch : public arrow::BatchReader {
 public:
  OneBatch(std::vector<arrow::Field> fields, arrow::Array batch) : fields_(std::move(fields)), batch_(std::move(batch)) {}
  const std::vector<arrow::Field>& fields() const override { return fields_; }
  arrow::Array next() override { return std::move(batch_); }

 private:
  std::vector<arrow::Field> fields_;
  arrow::Array batch_;
};

/// The good rows as one stream.
class GoodRowsReader : public arrow::BatchReader {
 public:
  GoodRowsReader(GoodRows& rows, std::vector<arrow::Field> fields, std::function<void(const arrow::Array&)> seen)
      : rows_(rows), fields_(std::move(fields)), seen_(std::move(seen)) {}
  const std::vector<arrow::Field>& fields() const override { return fields_; }
  arrow::Array next() override {
    GoodRows::Piece piece;
    if (!rows_.next(piece)) return {};
    seen_(*piece.made);
    return arrow::slice(piece.made, 0, (*piece.made)->length);
  }

 private:
  GoodRows& rows_;
  std::vector<arrow::Field> fields_;
  std::function<void(const arrow::Array&)> seen_;
};

/// One chunk's careful copy. Used once.
class CarefulCopy {
 public:
  CarefulCopy(store::Session& source, store::Session& target, store::Guard& guard, const ChunkWork& work, const Progress& progress,
              ChunkOutcome& outcome)
      : target_(target),
        guard_(guard),
        work_(work),
        progress_(progress),
        outcome_(outcome),
        fields_(compare_fields(work.table)),
        hasher_(fields_),
        rows_(source, work, outcome.result, [this](Reject row) { reject(std::move(row)); }) {}

  void run() {
    if (target_.has_savepoints()) {
      load_by_pieces();
    } else {
      load_at_once();
    }
    record();
  }

 private:
  void reject(Reject row) {
    work_.rejects->take(row);
    ++outcome_.rejects;
    waiting_.push_back(to_json(row));
    waiting_bytes_ += waiting_.back().size();
    if (is_target_idle_ && waiting_bytes_ >= kMostWaitingBytes) record();
  }

  /// Only while nothing is being loaded.
  void record() {
    if (!waiting_.empty()) target_.rejects_record(waiting_);
    waiting_.clear();
    waiting_bytes_ = 0;
  }

  bool find_piece(GoodRows::Piece& piece) {
    is_target_idle_ = true;
    const bool is_found = rows_.next(piece);
    is_target_idle_ = false;
    return is_found;
  }

  void load_by_pieces() {
    GoodRows::Piece piece;
    while (find_piece(piece)) {
      load(piece);
      record();
      progress_(outcome_.result.read, bytes_);
    }
  }

  void load(const GoodRows::Piece& piece) {
    const int64_t rows = (*piece.made)->length;
    outcome_.result.emitted += rows;
    bytes_ += value_bytes(fields_, **piece.made);
    halve({0, rows}, [&](Span span) { load(piece.made, span); },
          [&](int64_t row, const Error& error) {
            ++outcome_.result.refused;
            reject({RejectSide::target, describe(piece, row, error)});
          });
  }

  /// As read, where a row was not made of another by functions.
  store::LeftOut describe(const GoodRows::Piece& piece, int64_t row, const Error& error) const {
    if (piece.is_row_by_row) return rows_.describe(piece.batch, piece.first + row, error);
    const auto views = arrow::view_batch(fields_, **piece.made);
    store::LeftOut left_out;
    left_out.code = error.code();
    left_out.key = RowPlace(work_.table, Side::target, views).key(row);
    left_out.reason = error.what();
    left_out.row = row_to_json(fields_, views, row);
    return left_out;
  }

  void load(const SharedBatch& converted, Span span) {
    guard_.attempt([&] {
      auto one = std::make_unique<OneBatch>(fields_, arrow::slice(converted, span.first, span.rows));
      count(target_.load(chunk_load_spec(work_), std::move(one)), span.rows);
    });
    hasher_.add_to(*arrow::slice(converted, span.first, span.rows), outcome_.result.f_out);
  }

  /// What the target itself refuses stays an error then.
  void load_at_once() {
    const auto seen = [this](const arrow::Array& batch) {
      outcome_.result.emitted += batch->length;
      hasher_.add_to(*batch, outcome_.result.f_out);
      progress_(outcome_.result.read, bytes_);
    };
    const store::LoadResult loaded = target_.load(chunk_load_spec(work_), std::make_unique<GoodRowsReader>(rows_, fields_, seen));
    count(loaded, outcome_.result.emitted);
  }

  void count(const store::LoadResult& loaded, int64_t sent) {
    require_all_loaded(work_, sent, loaded);
    outcome_.result.written += loaded.rows;
    outcome_.result.already_there += loaded.already_there;
    outcome_.bytes += loaded.bytes;
  }

  store::Session& target_;
  store::Guard& guard_;
  const ChunkWork& work_;
  const Progress& progress_;
  ChunkOutcome& outcome_;
  std::vector<arrow::Field> fields_;
  arrow::RowHasher hasher_;
  std::vector<std::string> waiting_;  // rejects to be recorded
  size_t waiting_bytes_ = 0;
  bool is_target_idle_ = false;  // while the next rows are read
  GoodRows rows_;
  int64_t bytes_ = 0;  // handed over
};

}  // namespace

void copy_carefully(store::Session& source, store::Session& target, store::Guard& guard, const ChunkWork& work,
                    const Progress& progress, ChunkOutcome& outcome) {
  try {
    CarefulCopy(source, target, guard, work, progress, outcome).run();
  } catch (...) {
    work.rejects->give_back(outcome.rejects);
    throw;
  }
}

}  // namespace sluice::copy
