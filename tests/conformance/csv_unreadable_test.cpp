#include <nlohmann/json.hpp>

#include "csv_store.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Json = nlohmann::json;

/// One file, t.csv, with a session on it.
struct File {
  explicit File(const std::string& bytes) : path(directory / "t.csv"), store(csv_store((write_text(path, bytes), path))), session(store) {}

  catalog::Catalog look() {
    store::LookFilter filter;
    filter.evidence = true;
    filter.rejects = true;
    return session.catalog(filter);
  }

  TempDirectory directory;
  std::string path;
  store::Store store;
  store::Session session;
};

struct Taken {
  Rows rows;
  std::vector<std::string> reasons;
  std::vector<std::string> records;
};

Taken take(File& file, const store::Range& range = {}) {
  Taken taken;
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"id", "v"};
  spec.range = range;
  spec.left_out = [&](const store::LeftOut& row) {
    taken.reasons.push_back(row.reason);
    const Json kept = Json::parse(row.row);
    taken.records.push_back(kept.contains("record_hex") ? "hex " + std::string(kept["record_hex"]) : std::string(kept.at("record")));
  };
  taken.rows = all_rows(*file.session.read(spec));
  return taken;
}

TEST(CsvUnreadable, EachBadRowIsOneRejectAndTheOthersAreRead) {
  using namespace std::string_literals;
  File file("id,v\n1,a\n2\n3,c,d\n4,e\"f\n5,\"g\"h\n6,\xFF\n7,i\0j\n8,\"k\nl\"\n9,\"m\0n\no\"\n10,q\n"s);
  const catalog::Catalog found = file.look();
  EXPECT_EQ(found.tables.at(0).rows, 10);
  ASSERT_EQ(found.notes.size(), 1u);
  EXPECT_THAT(found.notes[0], HasSubstr("t: 7 records can't be read and will be kept aside as rejects; the first: "));
  EXPECT_THAT(found.notes[0], HasSubstr("t.csv, line 3, byte 9: expected 2 cells, found 1"));
  const Taken taken = take(file);
  EXPECT_EQ(taken.rows, (Rows{{"1", "a"}, {"8", "k\nl"}, {"10", "q"}}));
  EXPECT_THAT(taken.records, ElementsAre("2\n", "3,c,d\n", "4,e\"f\n", "5,\"g\"h\n", "hex 362cff0a", "7,i\0j\n"s, "9,\"m\0n\no\"\n"s));
  EXPECT_THAT(taken.reasons,
              ElementsAre(HasSubstr("line 3, byte 9: expected 2 cells"), HasSubstr("line 4, byte 11: expected 2 cells, found 3"),
                          HasSubstr("line 5, byte 20: column v has a quote inside"), HasSubstr("line 6, byte 28: column v has text behind"),
                          HasSubstr("line 7, byte 32: the bytes are not utf-8"), HasSubstr("line 8, byte 37: column v holds a NUL byte"),
                          HasSubstr("line 11, byte 52: column v holds a NUL byte")));
}

TEST(CsvUnreadable, AQuoteThatDoesNotEndStaysAnError) {
  File file("id,v\n1,a\n2,\"b\n3,c\n");
  EXPECT_THAT(error_of([&] { file.look(); }).what(), HasSubstr("begins with a quote that does not end"));
}

/// 2000 rows of which two are as given.
std::string rows_with(const std::string& tenth, const std::string& last) {
  std::string text = "id,v\n";
  for (int id = 1; id <= 2000; ++id) {
    const std::string& broken = id == 10 ? tenth : last;
    text += (id == 10 || id == 1990 ? broken : std::to_string(id) + ",ok") + "\n";
  }
  return text;
}

TEST(CsvUnreadable, QuotesThatPairAcrossLinesHideNoRowsBehindOneReject) {
  for (const auto& [last, reason] : {std::pair("1990,\"end\" x", "line 1991, byte "),
                                     std::pair("1990,x\",y", "line 11, byte 50: expected 2 cells, found 3"),
                                     std::pair("1990,x\",\xFF", "line 11, byte 50: expected 2 cells, found 3")}) {
    File file(rows_with("10,\"start", last));
    const std::string refused = error_of([&] { file.look(); }).what();
    EXPECT_THAT(refused, HasSubstr(reason)) << last;
    EXPECT_THAT(refused, HasSubstr("a quote before it may be missing, or be one too many")) << last;
    EXPECT_THAT(error_of([&] { take(file); }).what(), HasSubstr(reason)) << last;
  }
}

TEST(CsvUnreadable, TheSameFaultsInOneLineAreRejectsOfThatLine) {
  File file(rows_with("10,\"start\" x", "1990,\"end\",y"));
  file.look();
  const Taken taken = take(file);
  EXPECT_EQ(taken.rows.size(), 1998u);
  EXPECT_THAT(taken.records, ElementsAre("10,\"start\" x\n", "1990,\"end\",y\n"));
}

TEST(CsvUnreadable, WithoutRejectsItStopsAtTheRow) {
  File file("id,v\n1,a\n2\n3,c\n");
  store::LookFilter filter;
  filter.evidence = true;
  EXPECT_THAT(error_of([&] { file.session.catalog(filter); }).what(), HasSubstr("line 3, byte 9"));
  EXPECT_THAT(error_of([&] { rows_of(file.session, "t"); }).what(), HasSubstr("line 3, byte 9"));
}

TEST(CsvUnreadable, ChunksHoldEachRowOnce) {
  std::string text = "id,v\n";
  size_t bad = 0;
  for (int i = 0; i < 5000; ++i) {
    const bool is_bad = i % 5 == 2 || i == 0 || i == 4999;
    text += std::to_string(i) + (is_bad ? ",x\"\n" : ",\"y\nz\"\n");
    bad += is_bad ? 1 : 0;
  }
  File file(text);
  file.look();
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"id", "v"};
  const store::Cuts cuts = file.session.plan_chunks(spec, 11);
  ASSERT_EQ(cuts.cuts.size(), 10u);
  Taken parts;
  for (size_t chunk = 0; chunk <= cuts.cuts.size(); ++chunk) {
    const Taken taken = take(file, store::chunk_range(cuts, chunk));
    parts.rows.insert(parts.rows.end(), taken.rows.begin(), taken.rows.end());
    parts.reasons.insert(parts.reasons.end(), taken.reasons.begin(), taken.reasons.end());
  }
  const Taken whole = take(file);
  EXPECT_EQ(whole.reasons.size(), bad);
  EXPECT_EQ(parts.reasons, whole.reasons);
  EXPECT_EQ(parts.rows, whole.rows);
}

}  // namespace
}  // namespace sluice::test
