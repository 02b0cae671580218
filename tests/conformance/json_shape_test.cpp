#include "json_store.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(JsonShape, AnArrayOfRecordsIsATable) {
  JsonFiles files(" [ {\"a\": 1}, {\"a\": 2} ,{\"a\":3}]\n");
  EXPECT_THAT(files.values("a"), ElementsAre("1", "2", "3"));
  EXPECT_EQ(files.catalog().tables.at(0).rows, 3);
}

TEST(JsonShape, RecordsMayFollowOneAnotherOnLinesOrNot) {
  JsonFiles files("{\"a\": 1}\n{\"a\": 2}\r\n\n{\"a\":\n3}{\"a\":4}");
  EXPECT_THAT(files.values("a"), ElementsAre("1", "2", "3", "4"));
}

TEST(JsonShape, OneRecordAloneIsATableOfOneRow) {
  JsonFiles files("{\"a\": 1, \"b\": [1, 2]}");
  EXPECT_THAT(files.rows({"a", "b"}), ElementsAre(ElementsAre("1", "[1, 2]")));
}

TEST(JsonShape, AnObjectOfObjectsGivesItsKeysAColumn) {
  JsonFiles files("{\"x\": {\"a\": 1}, \"y\\n\": {\"a\": 2}}");
  EXPECT_EQ(files.columns(), "key text string, a int64 number");
  EXPECT_THAT(files.rows({"key", "a"}), ElementsAre(ElementsAre("x", "1"), ElementsAre("y\n", "2")));
}

TEST(JsonShape, TheKeyColumnHasTheNameOfTheOptionAndFieldsYieldToIt) {
  JsonFiles files("{\"x\": {\"a\": 1, \"sku\": 7}}", {{"key", "sku"}});
  EXPECT_EQ(files.columns(), "sku text string, a int64 number, sku_2 int64 number");
  EXPECT_THAT(files.rows({"sku", "sku_2"}), ElementsAre(ElementsAre("x", "7")));
}

TEST(JsonShape, AnObjectOfArraysIsManyTables) {
  JsonFiles files("{\"users\": [{\"id\": 1}], \"none\": [], \"orders\": [{\"n\": 5}, {\"n\": 6}]}");
  EXPECT_EQ(files.columns("users"), "id int64 number");
  EXPECT_THAT(files.rows({"n"}, {}, "orders"), ElementsAre(ElementsAre("5"), ElementsAre("6")));
  EXPECT_THAT(files.catalog().notes, ElementsAre(HasSubstr("none: no record has a key")));
}

TEST(JsonShape, WhatIsNoArrayBesideTablesIsNoted) {
  JsonFiles files("{\"version\": 3, \"users\": [{\"id\": 1}]}", {{"shape", "tables"}});
  EXPECT_EQ(files.columns("users"), "id int64 number");
  EXPECT_THAT(files.catalog().notes, ElementsAre(HasSubstr("'version' is no array of records")));
}

TEST(JsonShape, APointerLeadsToTheRecords) {
  const std::string text =
      "{\"count\": 2, \"a/b\": [0, {\"rows\": [{\"a\": 1}, {\"a\": 2}]}], \"next\": {\"x\": \"]\"}}";
  JsonFiles files(text, {{"record", "/a~1b/1/rows"}});
  EXPECT_THAT(files.values("a"), ElementsAre("1", "2"));
  const Error error = error_of([&] { JsonFiles(text, {{"record", "/data"}}).catalog(); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), HasSubstr("there is no 'data'"));
}

TEST(JsonShape, ABehindPointerMayBeOneRecordOrAnObjectOfThem) {
  EXPECT_THAT(JsonFiles("{\"data\": {\"a\": 1}}", {{"record", "/data"}}).values("a"), ElementsAre("1"));
  EXPECT_THAT(JsonFiles("{\"data\": {\"k\": {\"a\": 1}}}", {{"record", "/data"}}).values("key"), ElementsAre("k"));
}

TEST(JsonShape, WhatMayBeMeantOtherwiseIsNoted) {
  EXPECT_THAT(JsonFiles("{\"k\": {\"a\": 1}}").catalog().notes, ElementsAre(HasSubstr("shape = \"lines\"")));
  EXPECT_THAT(JsonFiles("{\"n\": 1, \"rows\": [{\"a\": 1}]}").catalog().notes,
              ElementsAre(HasSubstr("option record: rows")));
  EXPECT_THAT(JsonFiles("[{\"rows\": [{\"a\": 1}]}]").catalog().notes, testing::IsEmpty());
}

TEST(JsonShape, AKeyIsNullWhereAnotherFileHasNone) {
  JsonFiles files;
  files.write("m-1.json", "{\"k\": {\"a\": 1}}");
  files.write("m-2.json", "[{\"a\": 2}]");
  files.open("m-*.json");
  EXPECT_THAT(files.rows({"key", "a"}, {}, "m"), ElementsAre(ElementsAre("k", "1"), ElementsAre("NULL", "2")));
  EXPECT_TRUE(files.column("key", "m").nullable);
}

TEST(JsonShape, OptionsMayStandInTheUrl) {
  JsonFiles files;
  files.write("t.json", "{\"data\": [{\"a\": 1}]}");
  files.open("t.json?record=/data&table=shop");
  EXPECT_EQ(files.columns("shop"), "a int64 number");
  EXPECT_THAT(error_of([&] { files.open("t.json?recrod=/data"); }).what(), HasSubstr("record"));
}

TEST(JsonShape, FilesOfAPatternAreOneTable) {
  JsonFiles files;
  files.write("trades-2025-01.json", "[{\"a\": 1}]");
  files.write("trades-2025-02.json", "{\"a\": 2}\n{\"a\": 3, \"late\": true}");
  files.write("other.json", "[{\"b\": 1}]");
  files.open("trades-*.json");
  EXPECT_EQ(files.columns("trades"), "a int64 number, late boolean boolean");
  EXPECT_EQ(files.rows({"a"}, {}, "trades").size(), 3u);
  EXPECT_EQ(error_of([&] { files.open("nothing-*.json"); }).code(), Code::not_found);
}

TEST(JsonShape, EveryFileOfADirectoryIsATable) {
  JsonFiles files;
  files.write("users.json", "[{\"id\": 1}]");
  files.write("orders.ndjson", "{\"n\": {\"x\": 1}}\n");
  files.write("readme.txt", "no JSON");
  files.open("");
  EXPECT_EQ(files.columns("users"), "id int64 number");
  EXPECT_EQ(files.columns("orders"), "n json object");
  EXPECT_EQ(files.catalog().tables.size(), 2u);
}

TEST(JsonShape, AMarkOfUtf8IsSkipped) {
  EXPECT_THAT(JsonFiles("\xEF\xBB\xBF[{\"a\": 1}]").values("a"), ElementsAre("1"));
}

TEST(JsonShape, NothingIsATableToo) {
  for (const char* text : {"", "  \n", "[]", "[{}]"}) {
    JsonFiles files(text);
    EXPECT_TRUE(files.catalog().tables.empty()) << text;
    EXPECT_THAT(files.catalog().notes, ElementsAre(HasSubstr("no record has a key"))) << text;
  }
}

}  // namespace
}  // namespace sluice::test
