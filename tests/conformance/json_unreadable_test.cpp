#include <nlohmann/json.hpp>

#include "json_store.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Json = nlohmann::json;

catalog::Catalog tolerant_catalog(JsonFiles& files) {
  store::LookFilter filter;
  filter.evidence = true;
  filter.rejects = true;
  return files.session().catalog(filter);
}

/// Rows of a range, and what was left out of it.
struct Taken {
  Rows rows;
  std::vector<store::LeftOut> left_out;
};

Taken take(JsonFiles& files, const store::Range& range = {}) {
  Taken taken;
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"a"};
  spec.range = range;
  spec.left_out = [&](store::LeftOut row) { taken.left_out.push_back(std::move(row)); };
  taken.rows = all_rows(*files.session().read(spec));
  return taken;
}

std::vector<std::string> records_of(const Taken& taken) {
  std::vector<std::string> records;
  for (const store::LeftOut& row : taken.left_out) records.push_back(Json::parse(row.row).at("record"));
  return records;
}

Rows numbers(const std::vector<int>& values) {
  Rows rows;
  for (const int value : values) rows.push_back({std::to_string(value)});
  return rows;
}

TEST(JsonUnreadable, ABrokenLineIsOneRejectAndTheOthersAreRead) {
  JsonFiles files("{\"a\": 1}\n{\"a\": 2\n{\"a\": 3}\n{\"a\": }\nnonsense\n{\"a\": 4}\n{\"a\": 5, \"b\": [}\n{\"a\": 6}\n");
  const catalog::Catalog found = tolerant_catalog(files);
  EXPECT_EQ(found.tables.at(0).rows, 8);
  ASSERT_EQ(found.tables.at(0).columns.size(), 1u) << "keys of broken records are no columns";
  ASSERT_FALSE(found.notes.empty());
  EXPECT_THAT(found.notes.back(), HasSubstr("t: 4 records can't be read and will be kept aside as rejects; the first: "));
  const Taken taken = take(files);
  EXPECT_EQ(taken.rows, numbers({1, 3, 4, 6}));
  EXPECT_THAT(records_of(taken), ElementsAre("{\"a\": 2", "{\"a\": }", "nonsense", "{\"a\": 5, \"b\": [}"));
  EXPECT_THAT(taken.left_out[0].key, HasSubstr("t.json, record at byte 9"));
  EXPECT_THAT(taken.left_out[1].reason, HasSubstr("byte 32"));
  EXPECT_EQ(Json::parse(taken.left_out[0].row).at("byte"), 9);
}

TEST(JsonUnreadable, WithoutRejectsItStopsAtTheRecord) {
  JsonFiles files("{\"a\": 1}\n{\"a\": }\n{\"a\": 3}\n");
  EXPECT_THAT(error_of([&] { files.catalog(); }).what(), HasSubstr("t.json, byte 15"));
  EXPECT_THAT(error_of([&] { files.rows({"a"}); }).what(), HasSubstr("t.json, byte 15"));
}

TEST(JsonUnreadable, BytesThatAreNoTextAreKeptAsHex) {
  JsonFiles files("{\"a\": 1}\n{\"a\": \"\xFF\"}\n{\"a\": 2}\n");
  tolerant_catalog(files);
  const Json row = Json::parse(take(files).left_out.at(0).row);
  EXPECT_EQ(row.at("record_hex"), "7b2261223a2022ff227d");
  EXPECT_FALSE(row.contains("record"));
}

TEST(JsonUnreadable, ATextThatLooksLikeHexIsAText) {
  JsonFiles files("{\"a\": 1}\n\\x7b7d\n{\"a\": 2}\n");
  tolerant_catalog(files);
  EXPECT_THAT(records_of(take(files)), ElementsAre("\\x7b7d"));
}

TEST(JsonUnreadable, TooDeepAndTooLargeRecordsEndWhereTheyClose) {
  const std::string deep = "{\"a\": " + std::string(40, '[') + std::string(40, ']') + "}";
  const std::string large = "{\"a\": \"" + std::string(200'000, 'x') + "\"}";
  for (const std::string& between : {std::string("\n"), std::string(",\n")}) {
    const bool is_array = between.size() == 2;
    const std::string text = "{\"a\": 1}" + between + deep + between + large + between + "{\"a\": 2}";
    JsonFiles files(is_array ? "[" + text + "]" : text + "\n", {{"max_depth", "20"}, {"max_record", "100 KiB"}});
    EXPECT_EQ(tolerant_catalog(files).tables.at(0).rows, 4);
    const Taken taken = take(files);
    EXPECT_EQ(taken.rows, numbers({1, 2}));
    ASSERT_EQ(taken.left_out.size(), 2u);
    EXPECT_THAT(taken.left_out[0].reason, HasSubstr("nests deeper than 20"));
    EXPECT_THAT(taken.left_out[1].reason, HasSubstr("more than 100 KiB"));
    const Json kept = Json::parse(taken.left_out[1].row);
    EXPECT_EQ(kept.at("bytes"), large.size());
    EXPECT_EQ(kept.at("record"), large.substr(0, 65'536));
  }
}

TEST(JsonUnreadable, AnElementWhoseBracketsCloseIsOneReject) {
  JsonFiles files("[{\"a\": 1}, {\"a\": 01}, null, {\"a\": tru, \"b\": [{\"c\\\"\" : \"\"}]}, {\"a\": 3}]");
  EXPECT_EQ(tolerant_catalog(files).tables.at(0).rows, 5);
  const Taken taken = take(files);
  EXPECT_EQ(taken.rows, numbers({1, 3}));
  EXPECT_THAT(records_of(taken), ElementsAre("{\"a\": 01}", "null", "{\"a\": tru, \"b\": [{\"c\\\"\" : \"\"}]}"));
}

TEST(JsonUnreadable, WhereNothingTellsTheEndItStaysAnError) {
  for (const char* text : {
           "[{\"a\": 1}, {\"a\": [2}, {\"a\": 3}]",           // brackets that close one another
           "[{\"a\": 1}, {\"a\": 2, {\"a\": 3}]",             // one that does not close
           "[{\"a\": 1}, {\"a\": \"2}, {\"a\": \"\n3\"}]",    // a quote is missing
           "{\n\"a\": 1\n}\n{\n\"a\": ,\n}\n{\n\"a\": 3\n}",  // records have no lines of their own
           "[{\"a\": 1} {\"a\": 2}]",                         // no comma
           "[{\"a\": 1}, {\"a\" 2}, {\"a\": 3}]",             // text behind a string
           "[{\"a\": 1}, {a\": 2}, {\"a\": 3}]",              // and before one
       }) {
    JsonFiles files(text);
    EXPECT_EQ(error_of([&] { tolerant_catalog(files); }).code(), Code::data) << text;
  }
}

TEST(JsonUnreadable, QuotesThatPairAcrossRecordsHideNoneBehindOneReject) {
  for (const bool is_array : {true, false}) {
    std::string text = is_array ? "[" : "{\"t\": {";
    for (int id = 1; id <= 2000; ++id) {
      const std::string value = id == 10 ? "5\" pipe" : id == 1990 ? "3\" pipe" : "x";
      text += id == 1 ? "" : ",";
      text += (is_array ? "" : "\"" + std::to_string(id) + "\":") + "{\"a\":" + std::to_string(id) + ",\"v\":\"" + value + "\"}";
    }
    JsonFiles files(text + (is_array ? "]" : "}}"), {{"shape", is_array ? "array" : "object"}, {"record", is_array ? "" : "/t"}});
    EXPECT_THAT(error_of([&] { tolerant_catalog(files); }).what(), HasSubstr("byte ")) << is_array;
  }
}

TEST(JsonUnreadable, ABrokenRecordOfSeveralLinesAmongLinesInventsNoRows) {
  for (const char* broken : {
           "{\"a\": 101, \"bad\": tru,\n \"items\": [\n  {\"a\": 5},\n  {\"a\": 6}\n ]\n}\n",
           "{\"a\": 101, \"bad\": tru,\n \"items\": [\n  {\"a\": 5}\n ]\n}\n",
           "{\"a\": 101, \"bad\": tru, \"items\": [\n{\"a\": 5}\n], \"b\": 3}\n",
           "{\"a\": 101, \"bad\": tru, \"items\": [\n{\"a\": 5}, {\"a\": 6}]}\n",
           "{\"a\": 101, \"bad\": tru, \"item\":\n{\"a\":\n5}\n,\"b\": 3}\n",
       }) {
    std::string text;
    for (int i = 0; i < 199; ++i) text += i == 100 ? broken : "{\"a\": " + std::to_string(i) + "}\n";
    JsonFiles files(text);
    EXPECT_THAT(error_of([&] { tolerant_catalog(files); }).what(), HasSubstr("byte 1008")) << broken;
  }
}

TEST(JsonUnreadable, WhereGoodRecordsAreNotOnLinesOfTheirOwnNoLineEndsARecord) {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "{\"a\": " + std::to_string(i) + "}\n";
  for (const std::string good : {"{\"a\": 200} {\"a\": 201}\n", "{\"a\":\n200}\n"}) {
    JsonFiles sound(lines + good + "  {\"a\": 202}  \r\n\n\t{\"a\": 203}");
    tolerant_catalog(sound);
    EXPECT_EQ(take(sound).rows.size(), good.find(' ', 8) == std::string::npos ? 103u : 104u);
    JsonFiles broken(lines + good + lines + "{\"a\": tru}\n" + lines);
    EXPECT_THAT(error_of([&] { tolerant_catalog(broken); }).what(), HasSubstr("tru")) << good;
  }
}

TEST(JsonUnreadable, ChunksHoldEachRecordOnce) {
  std::string text;
  int good = 0;
  int bad = 0;
  for (int i = 0; i < 5000; ++i) {
    const bool is_bad = i % 7 == 3 || i == 0 || i == 4999;
    text += is_bad ? "{\"a\": " + std::to_string(i) + ",}\n" : "{\"a\": " + std::to_string(i) + "}\n";
    ++(is_bad ? bad : good);
  }
  JsonFiles files(text);
  tolerant_catalog(files);
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"a"};
  const store::Cuts cuts = files.session().plan_chunks(spec, 13);
  ASSERT_GT(cuts.cuts.size(), 5u);
  Rows rows;
  std::vector<std::string> keys;
  for (size_t chunk = 0; chunk <= cuts.cuts.size(); ++chunk) {
    const Taken taken = take(files, store::chunk_range(cuts, chunk));
    rows.insert(rows.end(), taken.rows.begin(), taken.rows.end());
    for (const store::LeftOut& row : taken.left_out) keys.push_back(row.key);
  }
  const Taken whole = take(files);
  EXPECT_EQ(static_cast<int>(rows.size()), good);
  EXPECT_EQ(rows, whole.rows);
  EXPECT_EQ(static_cast<int>(keys.size()), bad);
  for (size_t i = 0; i < keys.size(); ++i) EXPECT_EQ(keys[i], whole.left_out.at(i).key);
}

}  // namespace
}  // namespace sluice::test
