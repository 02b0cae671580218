#include <gmock/gmock.h>

#include <algorithm>

#include "sqlite_store.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const char* const kNumbers = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ";

std::string numbers(int count, const std::string& select) {
  return kNumbers + std::to_string(count - 1) + ") " + select + " FROM n";
}

/// Cuts table t and reads every chunk by its own bounds; proves that each row comes once.
class Cut {
 public:
  Cut(const std::string& sql, int64_t wanted, const std::string& column = "x") {
    run_sqlite(directory_ / "shop.db", sql);
    const store::Store store = sqlite_store(directory_ / "shop.db", "read");
    store::Session session(store);
    store::ReadSpec spec;
    spec.table = "t";
    cuts = session.plan_chunks(spec, wanted);
    Rows together;
    for (size_t i = 0; i <= cuts.cuts.size(); ++i) {
      const Rows rows = read_rows(session, "t", {column}, {{arrow::Kind::text}}, store::chunk_range(cuts, i));
      sizes.push_back(static_cast<int64_t>(rows.size()));
      together.insert(together.end(), rows.begin(), rows.end());
    }
    Rows whole = read_rows(session, "t", {column}, {{arrow::Kind::text}});
    std::sort(together.begin(), together.end());
    std::sort(whole.begin(), whole.end());
    EXPECT_EQ(together, whole);
  }

  int64_t largest() const { return *std::max_element(sizes.begin(), sizes.end()); }
  int64_t smallest() const { return *std::min_element(sizes.begin(), sizes.end()); }

  store::Cuts cuts;
  std::vector<int64_t> sizes;

 private:
  TempDirectory directory_;
};

TEST(SqliteChunks, DenseKeysAreCutInEqualWidths) {
  const Cut cut("CREATE TABLE t (x INTEGER PRIMARY KEY); INSERT INTO t " + numbers(200000, "SELECT i"), 8);
  EXPECT_THAT(cut.cuts.key, ElementsAre("x"));
  EXPECT_EQ(cut.cuts.type, "integer");
  EXPECT_EQ(cut.cuts.rows, 200000);
  EXPECT_EQ(cut.sizes, std::vector<int64_t>(8, 25000));
}

TEST(SqliteChunks, TablesWithoutAKeyAreCutByRowid) {
  const Cut cut("CREATE TABLE t (x); INSERT INTO t " + numbers(1000, "SELECT i"), 4);
  EXPECT_TRUE(cut.cuts.is_local());
  EXPECT_THAT(cut.cuts.key, IsEmpty());
  EXPECT_EQ(cut.sizes, std::vector<int64_t>(4, 250));
}

TEST(SqliteChunks, UnevenKeysAreCutByQuantiles) {
  const Cut cut("CREATE TABLE t (x INTEGER PRIMARY KEY); INSERT INTO t " + numbers(50000, "SELECT i") +
                    "; INSERT INTO t " + numbers(50000, "SELECT 1000000000 + i * 7919"),
                10);
  EXPECT_EQ(cut.sizes.size(), 10u);
  EXPECT_LT(cut.largest(), 12000);
  EXPECT_GT(cut.smallest(), 8000);
  EXPECT_EQ(cut.cuts.rows, 100000);
}

TEST(SqliteChunks, TheWholeRangeOfRowidsIsCovered) {
  const Cut cut(
      "CREATE TABLE t (x INTEGER PRIMARY KEY); INSERT INTO t VALUES (-9223372036854775808), (-4), (-3), (0), (1), (2), "
      "(9223372036854775806), (9223372036854775807)",
      4);
  EXPECT_EQ(cut.sizes, std::vector<int64_t>(4, 2));
}

TEST(SqliteChunks, ThereAreNeverMoreChunksThanRows) {
  EXPECT_EQ(Cut("CREATE TABLE t (x INTEGER PRIMARY KEY); INSERT INTO t VALUES (5), (900000), (70000000)", 16).sizes,
            std::vector<int64_t>(3, 1));
  EXPECT_THAT(Cut("CREATE TABLE t (x INTEGER PRIMARY KEY)", 16).cuts.cuts, IsEmpty());
  EXPECT_THAT(Cut("CREATE TABLE t (x INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)", 16).cuts.cuts, IsEmpty());
}

TEST(SqliteChunks, KeyedTablesAreCutByTheirLeadingColumn) {
  const Cut integers("CREATE TABLE t (k INT, x INT, PRIMARY KEY (k, x)) WITHOUT ROWID; INSERT INTO t " +
                         numbers(10000, "SELECT i / 100, i"),
                     4);
  EXPECT_THAT(integers.cuts.key, ElementsAre("k"));
  EXPECT_EQ(integers.cuts.type, "integer");
  EXPECT_EQ(integers.sizes.size(), 4u);
  EXPECT_LT(integers.largest(), 3000);
  const Cut texts("CREATE TABLE t (x TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO t " +
                      numbers(10000, "SELECT printf('%05d\xc3\xbc', i)"),
                  4);
  EXPECT_EQ(texts.cuts.type, "bytes");
  EXPECT_EQ(texts.sizes, std::vector<int64_t>(4, 2500));
}

TEST(SqliteChunks, WhatHasNoCommonOrderIsOneChunk) {
  const std::string nocase = "CREATE TABLE t (x TEXT COLLATE NOCASE PRIMARY KEY) WITHOUT ROWID; INSERT INTO t ";
  EXPECT_THAT(Cut(nocase + numbers(100, "SELECT printf('k%d', i)"), 4).cuts.cuts, IsEmpty());
  const std::string mixed =
      "CREATE TABLE t (x INT PRIMARY KEY) WITHOUT ROWID; INSERT INTO t VALUES (1), (2), (3), ('x')";
  EXPECT_THAT(Cut(mixed, 4).cuts.cuts, IsEmpty());
  const std::string view = "CREATE TABLE s (x); INSERT INTO s VALUES (1), (2), (3); CREATE VIEW t AS SELECT x FROM s";
  EXPECT_THAT(Cut(view, 4).cuts.cuts, IsEmpty());
}

}  // namespace
}  // namespace sluice::test
