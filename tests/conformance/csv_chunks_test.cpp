#include "csv_store.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

/// Rows whose quoted cells are full of what looks like rows.
std::string tricky_table(int rows) {
  std::string bytes = "id,text\n";
  for (int i = 0; i < rows; ++i) bytes += std::to_string(i) + ",\"a\n" + std::to_string(i) + ",b\"\"\n\"\n";
  return bytes;
}

class CsvChunks : public testing::Test {
 protected:
  CsvChunks() : store_(make()), session_(store_) {}

  store::Store make() {
    write_text(directory_ / "t.csv", tricky_table(5000));
    return csv_store(directory_.path());
  }

  Rows read(const store::Range& range) {
    store::ReadSpec spec = whole_table(session_, "t");
    spec.range = range;
    return all_rows(*session_.read(spec));
  }

  TempDirectory directory_;
  store::Store store_;
  store::Session session_;
};

TEST_F(CsvChunks, CoverTheTableAndNeverBeginInsideQuotes) {
  for (const int64_t wanted : {1, 2, 7, 100, 4999, 20000}) {
    const store::Cuts cuts = session_.plan_chunks(whole_table(session_, "t"), wanted);
    EXPECT_TRUE(cuts.is_local());
    EXPECT_LE(static_cast<int64_t>(cuts.cuts.size()), wanted);
    if (wanted < 1000) {
      EXPECT_EQ(static_cast<int64_t>(cuts.cuts.size()) + 1, wanted);
    }
    if (wanted > 1) {
      EXPECT_EQ(cuts.rows, 5000);
    }
    Rows rows;
    for (size_t i = 0; i <= cuts.cuts.size(); ++i) {
      for (auto& row : read(store::chunk_range(cuts, i))) rows.push_back(std::move(row));
    }
    ASSERT_EQ(rows, read({})) << wanted << " chunks";
  }
}

TEST_F(CsvChunks, OfOtherEncodingsAreBytesOfTheFile) {
  std::string bytes = "id;n\xE4me\n";
  for (int i = 0; i < 3000; ++i) bytes += std::to_string(i) + ";\xFC\xDF\x80\n";
  write_text(directory_ / "l.csv", bytes);
  const store::Store store = csv_store(directory_ / "l.csv", {{"encoding", "windows-1252"}, {"delimiter", ";"}});
  store::Session session(store);
  store::ReadSpec spec = whole_table(session, "l");
  EXPECT_EQ(spec.columns[1], "näme");
  const store::Cuts cuts = session.plan_chunks(spec, 9);
  ASSERT_EQ(cuts.cuts.size(), 8u);
  size_t rows = 0;
  for (size_t i = 0; i <= cuts.cuts.size(); ++i) {
    spec.range = store::chunk_range(cuts, i);
    for (const auto& row : all_rows(*session.read(spec)))
      EXPECT_EQ(row, (std::vector<std::string>{std::to_string(rows++), "üß€"}));
  }
  EXPECT_EQ(rows, 3000u);
}

TEST_F(CsvChunks, InsideARowAreRefused) {
  store::Range range;
  range.type = "local";
  range.lower = {"9"};
  EXPECT_THAT(error_of([&] { read(range); }).what(), HasSubstr("t.csv, byte 9: no row begins there"));
}

TEST_F(CsvChunks, MayBeRangesOfAnIntegerColumn) {
  store::Range range;
  range.key = {"id"};
  range.type = "integer";
  range.lower = {"4990"};
  range.upper = {"4993"};
  const Rows rows = read(range);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0][0], "4990");
  EXPECT_EQ(rows[2][0], "4992");
}

TEST_F(CsvChunks, HaveBatchesOfTheSizesAskedFor) {
  store::ReadSpec spec = whole_table(session_, "t");
  spec.batch_rows = 700;
  const auto by_rows = session_.read(spec);
  int64_t rows = 0;
  for (arrow::Array batch = by_rows->next(); !batch.empty(); batch = by_rows->next()) {
    EXPECT_LE(batch->length, 700);
    rows += batch->length;
  }
  EXPECT_EQ(rows, 5000);
  spec.batch_rows = 0;
  spec.batch_bytes = 1000;
  EXPECT_LT(session_.read(spec)->next()->length, 100);
}

}  // namespace
}  // namespace sluice::test
