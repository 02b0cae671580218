#include "copy/copy_chunk.hpp"

#include <algorithm>
#include <optional>

#include "arrow/fingerprint.hpp"
#include "base/error.hpp"
#include "base/units.hpp"
#include "copy/batch_parts.hpp"
#include "copy/careful_copy.hpp"
#include "copy/convert.hpp"
#include "copy/transform_stage.hpp"

namespace sluice::copy {
namespace {

/// Small enough that a batch per worker stays a few MiB whatever the row's width.
constexpr int64_t kBatchBytes = int64_t{4} << 20;

bool is_unchanged(const catalog::TableMapping& table) {
  if (table.has_transforms()) return false;
  for (const auto& column : table.columns) {
    if (!column.chain.empty() || column.source_cast != catalog::Cast::none || !(column.source_carrier == column.compare)) return false;
  }
  return true;
}

/// The stream that `load` pulls: reads, fingerprints, converts, transforms, fingerprints.
class ConvertingReader : public arrow::BatchReader {
 public:
  ConvertingReader(std::unique_ptr<arrow::BatchReader> source, const ChunkWork& work, store::WorkResult& result, const Progress& progress)
      : source_(std::move(source)),
        fields_(compare_fields(work.table)),
        converter_(work.table, Side::source),
        source_hasher_(source_->fields()),
        out_hasher_(fields_),
        is_unchanged_(is_unchanged(work.table)),
        result_(result),
        progress_(progress) {
    if (work.transform != nullptr) transforms_.emplace(work.table, *work.transform);
  }

  const std::vector<arrow::Field>& fields() const override { return fields_; }

  arrow::Array next() override {
    arrow::Array batch = transforms_ ? next_transformed() : next_converted();
    if (batch.empty()) return batch;
    count_kept();
    result_.emitted += batch->length;
    out_hasher_.add_to(*batch, result_.f_out);
    if (is_unchanged_) result_.f_src = result_.f_out;
    bytes_ += value_bytes(fields_, *batch);
    progress_(result_.read, bytes_);
    return batch;
  }

 private:
  arrow::Array next_converted() {
    arrow::Array batch = source_->next();
    if (batch.empty()) return batch;
    result_.read += batch->length;
    if (!is_unchanged_) source_hasher_.add_to(*batch, result_.f_src);
    return converter_.convert(std::move(batch));
  }

  void count_kept() {
    const TransformCounts left_out = transforms_ ? transforms_->counts() : TransformCounts{};
    result_.filtered = left_out.filtered;
    result_.rejected = left_out.rejected;
    result_.kept = result_.read - left_out.filtered - left_out.rejected;
  }

  /// Batches of which no row is left are passed over.
  arrow::Array next_transformed() {
    for (;;) {
      arrow::Array made = transforms_->next();
      if (!made.empty()) return made;
      count_kept();
      progress_(result_.read, bytes_);
      arrow::Array batch = next_converted();
      if (batch.empty()) return batch;
      transforms_->take(std::move(batch));
    }
  }

  std::unique_ptr<arrow::BatchReader> source_;
  std::vector<arrow::Field> fields_;
  Converter converter_;
  std::optional<TransformStage> transforms_;
  arrow::RowHasher source_hasher_;
  arrow::RowHasher out_hasher_;
  bool is_unchanged_;
  store::WorkResult& result_;
  const Progress& progress_;
  int64_t bytes_ = 0;
};

void copy_whole(store::Session& source, store::Session& target, const ChunkWork& work, const Progress& progress, ChunkOutcome& outcome) {
  store::WorkResult& result = outcome.result;
  auto batches = std::make_unique<ConvertingReader>(source.read(chunk_read_spec(work)), work, result, progress);
  const store::LoadResult loaded = target.load(chunk_load_spec(work), std::move(batches));
  require_all_loaded(work, result.emitted, loaded);
  result.written = loaded.rows;
  result.already_there = loaded.already_there;
  outcome.bytes = loaded.bytes;
}

/// One attempt in a transaction of its own.
template <typename Copy>
ChunkOutcome copy_guarded(store::Session& target, const ChunkWork& work, const Copy& copy) {
  ChunkOutcome outcome;
  store::Guard guard(target, work.fence, work.key);
  if (guard.already_done()) {
    outcome.already_done = true;
    return outcome;
  }
  copy(guard, outcome);
  outcome.result.bounds = to_json(work.range);
  try {
    guard.commit(outcome.result);
  } catch (const Error& error) {
    // In doubt they may have landed, and count then.
    if (work.rejects != nullptr && error.code() != Code::in_doubt) work.rejects->give_back(outcome.rejects);
    throw;
  }
  return outcome;
}

}  // namespace

store::ReadSpec chunk_read_spec(const ChunkWork& work) {
  store::ReadSpec spec;
  spec.schema = work.table.source_schema;
  spec.table = work.table.source_table;
  spec.columns = column_names(work.table, Side::source);
  spec.wanted = carrier_fields(work.table, Side::source);
  spec.range = work.range;
  spec.where = work.table.where;
  spec.batch_rows = work.batch_rows;
  spec.batch_bytes = work.batch_bytes == 0 ? kBatchBytes : std::min(work.batch_bytes, kBatchBytes);
  return spec;
}

store::LoadSpec chunk_load_spec(const ChunkWork& work) {
  store::LoadSpec spec{work.table.target_schema, work.table.target_table, column_names(work.table, Side::target), work.mode, {}};
  if (work.mode != store::LoadMode::append) spec.key = work.table.key;
  return spec;
}

void require_all_loaded(const ChunkWork& work, int64_t sent, const store::LoadResult& loaded) {
  if (loaded.rows + loaded.already_there == sent) return;
  throw Error(Code::data,
              work.table.target_table + ": " + count_to_text(sent) + " rows were sent and the store says it wrote " +
                  count_to_text(loaded.rows),
              "look for a trigger or a rule on the table that drops or adds rows");
}

ChunkOutcome copy_chunk(store::Session& source, store::Session& target, const ChunkWork& work, const Progress& progress) {
  try {
    return copy_guarded(target, work, [&](store::Guard&, ChunkOutcome& outcome) { copy_whole(source, target, work, progress, outcome); });
  } catch (const Error& error) {
    if (work.rejects == nullptr || !is_fault_of_rows(error)) throw;
  }
  return copy_guarded(target, work, [&](store::Guard& guard, ChunkOutcome& outcome) {
    copy_carefully(source, target, guard, work, progress, outcome);
  });
}

}  // namespace sluice::copy
