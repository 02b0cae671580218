#include <algorithm>

#include "json_store.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Cuts a table, reads every chunk by its own bounds, and proves that together they are the whole, in order.
std::vector<size_t> sizes_of(JsonFiles& files, int64_t wanted, const std::string& column,
                             const std::string& table = "t") {
  store::ReadSpec spec;
  spec.table = table;
  const store::Cuts cuts = files.session().plan_chunks(spec, wanted);
  EXPECT_TRUE(cuts.is_local());
  std::vector<size_t> sizes;
  Rows together;
  for (size_t i = 0; i <= cuts.cuts.size(); ++i) {
    const Rows rows = files.rows({column}, {{arrow::Kind::text}}, table, store::chunk_range(cuts, i));
    sizes.push_back(rows.size());
    together.insert(together.end(), rows.begin(), rows.end());
  }
  EXPECT_EQ(together, files.rows({column}, {{arrow::Kind::text}}, table));
  EXPECT_EQ(cuts.rows, static_cast<int64_t>(together.size()));
  return sizes;
}

std::string records(int from, int to, const std::string& between) {
  std::string text;
  for (int i = from; i < to; ++i) text += (i == from ? "" : between) + "{\"x\": " + std::to_string(100000 + i) + "}";
  return text;
}

TEST(JsonChunks, EveryShapeIsCutAtRecords) {
  for (const std::string& text : {"[" + records(0, 1000, " , ") + "]", records(0, 1000, "\n"), records(0, 1000, "")}) {
    JsonFiles files(text);
    const std::vector<size_t> sizes = sizes_of(files, 8, "x");
    ASSERT_EQ(sizes.size(), 8u);
    EXPECT_LE(*std::max_element(sizes.begin(), sizes.end()), 130u);
    EXPECT_GE(*std::min_element(sizes.begin(), sizes.end()), 120u);
  }
}

TEST(JsonChunks, ObjectsOfRecordsAreCutAtTheirKeys) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += (i == 0 ? "{" : ", ") + ("\"k" + std::to_string(i) + "\" : {\"x\": 1}");
  JsonFiles files(text + "}");
  EXPECT_EQ(sizes_of(files, 4, "key"), std::vector<size_t>(4, 25));
}

TEST(JsonChunks, ChunksRunOverFilesAndTables) {
  JsonFiles files;
  files.write("m-1.json", "[" + records(0, 100, ",") + "]");
  files.write("m-2.json", records(100, 200, "\n"));
  files.write("m-3.json", "[]");
  files.write("m-4.json", "[" + records(200, 300, ",") + "]");
  files.open("m-*.json");
  EXPECT_EQ(sizes_of(files, 7, "x", "m").size(), 7u);
  EXPECT_EQ(sizes_of(files, 2, "x", "m"), std::vector<size_t>(2, 150));
  JsonFiles tables("{\"a\": [" + records(0, 50, ",") + "], \"b\": [" + records(50, 80, ",") + "]}");
  EXPECT_EQ(sizes_of(tables, 5, "x", "a"), std::vector<size_t>(5, 10));
  EXPECT_EQ(sizes_of(tables, 3, "x", "b"), std::vector<size_t>(3, 10));
}

TEST(JsonChunks, ChildrenAreCutByTheirParents) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "{\"id\": " + std::to_string(i) + ", \"a\": [{\"x\": 1}, {\"x\": 2}]}\n";
  JsonFiles files(text, {{"split", "a"}});
  EXPECT_EQ(sizes_of(files, 3, "t_id", "t_a"), std::vector<size_t>(3, 40));
}

TEST(JsonChunks, ThereAreNeverMoreChunksThanRecords) {
  JsonFiles files(records(0, 3, "\n"));
  EXPECT_EQ(sizes_of(files, 16, "x"), std::vector<size_t>(3, 1));
  JsonFiles one("[{\"x\": 1}]");
  EXPECT_EQ(sizes_of(one, 16, "x"), std::vector<size_t>(1, 1));
}

TEST(JsonChunks, OtherBoundsAreRefused) {
  JsonFiles files(records(0, 3, "\n"));
  store::Range range;
  range.key = {"x"};
  range.type = "bytes";
  range.lower = {"61"};
  EXPECT_EQ(error_of([&] { files.rows({"x"}, {}, "t", range); }).code(), Code::unsupported);
  range = {{"y"}, "integer", {"5"}, {}};
  EXPECT_EQ(error_of([&] { files.rows({"x"}, {}, "t", range); }).code(), Code::not_found);
}

TEST(JsonSnapshot, ReadersProveThatTheFilesAreTheSame) {
  JsonFiles files(records(0, 10, "\n"));
  const std::string token = files.session().snapshot_export();
  store::Session reader(files.store());
  reader.snapshot_join(token);
  EXPECT_TRUE(files.session().snapshot_confirm(token));
  files.write("t.json", records(0, 11, "\n"));
  EXPECT_FALSE(files.session().snapshot_confirm(token));
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"x"};
  EXPECT_EQ(error_of([&] { all_rows(*reader.read(spec)); }).code(), Code::conflict);
  store::Session late(files.store());
  EXPECT_EQ(error_of([&] { late.snapshot_join(token); }).code(), Code::conflict);
}

TEST(JsonSnapshot, TheStateTellsWhetherAFileChanged) {
  JsonFiles files("[{\"x\": 1}]");
  const std::string before = files.session().source_state({});
  EXPECT_EQ(files.session().source_state({}), before);
  EXPECT_THAT(before, HasSubstr("t.json"));
  EXPECT_THAT(before, HasSubstr("content "));
  files.write("t.json", "[{\"x\": 2}]");
  EXPECT_NE(files.session().source_state({}), before);
  EXPECT_THAT(files.values("x"), ElementsAre("2"));
}

TEST(JsonSnapshot, TheStoreIsNamedByItsFile) {
  JsonFiles files("[{\"x\": 1}]");
  const std::string id = files.session().identity().id;
  EXPECT_THAT(id, testing::StartsWith("json:"));
  EXPECT_EQ(
      files.open("../" + files.path("").substr(files.path("").rfind('/', files.path("").size() - 2) + 1) + "t.json")
          .identity()
          .id,
      id);
  EXPECT_EQ(files.session().capabilities().flags,
            static_cast<uint64_t>(SLUICE_CAN_SNAPSHOT | SLUICE_CAN_ATOMIC_LOAD | SLUICE_CAN_TRANSACTIONAL_DDL));
}

}  // namespace
}  // namespace sluice::test
