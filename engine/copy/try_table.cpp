#include "copy/try_table.hpp"

#include <algorithm>
#include <cmath>

#include "copy/good_rows.hpp"

namespace sluice::copy {

namespace {

constexpr int64_t kPartRows = 500;
constexpr int64_t kMostParts = 2000;

store::Cuts cut(store::Session& source, const catalog::TableMapping& table) {
  store::ReadSpec spec;
  spec.schema = table.source_schema;
  spec.table = table.source_table;
  spec.columns = column_names(table, Side::source);
  spec.where = table.where;
  return source.plan_chunks(spec, std::clamp<int64_t>(table.rows / kPartRows, 1, kMostParts));
}

void read_part(store::Session& source, const ChunkWork& work, const TrialSpec& spec, Trial& trial) {
  const std::vector<arrow::Field> fields = compare_fields(work.table);
  GoodRows rows(source, work, trial.result, [&](Reject reject) {
    if (trial.rejects.size() < spec.shown_rejects) trial.rejects.push_back(std::move(reject));
  });
  GoodRows::Piece piece;
  while (rows.next(piece)) {
    trial.result.emitted += (*piece.made)->length;
    const auto views = arrow::view_batch(fields, **piece.made);
    for (int64_t row = 0; row < (*piece.made)->length && trial.rows.size() < spec.shown_rows; ++row) {
      trial.rows.push_back(row_to_json(fields, views, row));
    }
  }
}

}  // namespace

Trial try_table(store::Session& source, const catalog::TableMapping& table, workflow::TableTransform* transform, const TrialSpec& spec) {
  const store::Cuts cuts = cut(source, table);
  const size_t parts = cuts.cuts.size() + 1;
  const size_t wanted = std::clamp<size_t>(static_cast<size_t>(std::ceil(spec.share * static_cast<double>(parts))), 1, parts);
  Trial trial;
  for (size_t i = 0; i < wanted; ++i) {
    ChunkWork work{table, store::chunk_range(cuts, i * parts / wanted), {}, {}};
    work.transform = transform;
    read_part(source, work, spec, trial);
  }
  return trial;
}

}  // namespace sluice::copy
