#include <utility>

#include "arrow/builder.hpp"
#include "guard.hpp"
#include "home.hpp"

namespace sluice::files {

namespace {

constexpr int64_t kBatchRows = 8192;

class RejectReader : public arrow::BatchReader {
 public:
  explicit RejectReader(Statement rows) : rows_(std::move(rows)), builder_(sdk::reject_fields()) {}
  const std::vector<arrow::Field>& fields() const override { return builder_.fields(); }

  arrow::Array next() override {
    while (!is_done_ && builder_.rows() < kBatchRows) {
      if (!rows_.step()) {
        is_done_ = true;
        break;
      }
      builder_.column(0).append_bytes(rows_.text(0));
      builder_.column(1).append_int64(rows_.integer(1));
      builder_.column(2).append_bytes(rows_.text(2));
    }
    return builder_.rows() == 0 ? arrow::Array() : builder_.finish();
  }

 private:
  Statement rows_;
  arrow::BatchBuilder builder_;
  bool is_done_ = false;
};

}  // namespace

void record_rejects(Home& home, const std::vector<std::string>& rejects) {
  begin_writing(home, "keeping rejects");
  const sdk::WorkKey& key = home.guard->key;
  for (const std::string& reject : rejects) {
    change(home.database(), "INSERT INTO rejects (run, node, \"table\", generation, chunk, reject) VALUES (?, ?, ?, ?, ?, ?)",
           "keeping rejects", key.run, key.node, key.table, key.generation, key.chunk, reject);
  }
}

std::unique_ptr<arrow::BatchReader> read_rejects(Home& home, const std::string& run, const std::string& node, uint32_t generation) {
  if (!home.exists()) return std::make_unique<sdk::NoRows>(sdk::reject_fields());
  return std::make_unique<RejectReader>(
      Statement(home.database(),
                "SELECT \"table\", chunk, reject FROM rejects WHERE run = ? AND node = ? AND generation = ? ORDER BY \"table\", chunk, id",
                "reading rejects", run, node, generation));
}

}  // namespace sluice::files
