#include <sys/resource.h>

#include <fstream>

#include "json_store.hpp"

namespace sluice::test {
namespace {

using arrow::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(JsonRead, NumbersStayAsTheyAreWritten) {
  const std::string id(77, '9');
  JsonFiles files("[{\"x\":" + id + "},{\"x\":1e400},{\"x\":-0},{\"x\":1.0},{\"x\":1},{\"x\":0.1000},{\"x\":-1E-5 }]");
  EXPECT_THAT(files.values("x"), ElementsAre(id, "1e400", "-0", "1.0", "1", "0.1000", "-1E-5"));
}

TEST(JsonRead, NullMissingAndTheEmptyOnesAreDifferent) {
  JsonFiles files("[{\"x\": \"\"}, {\"x\": null}, {\"y\": 1}, {\"x\": []}, {\"x\": {}}, {\"x\": false}]");
  EXPECT_THAT(files.values("x"), ElementsAre("\"\"", "NULL", "NULL", "[]", "{}", "false"));
  EXPECT_THAT(JsonFiles("[{\"x\": \"\"}, {\"x\": null}]").values("x"), ElementsAre("", "NULL"));
}

TEST(JsonRead, NestedValuesAreTheirSourceText) {
  const std::string nested = "{\"b\" : [1.50, 1e2,\n \"\\u00e4\\/\"], \"c\":{}}";
  JsonFiles files("[{\"x\": " + nested + "  , \"y\": [ ] }]");
  EXPECT_THAT(files.rows({"x", "y"}), ElementsAre(ElementsAre(nested, "[ ]")));
}

TEST(JsonRead, EscapesBecomeText) {
  using namespace std::string_literals;
  JsonFiles files("[{\"x\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\"}, {\"x\": \"a\\u0000b\"}]");
  EXPECT_THAT(files.values("x"), ElementsAre("\"\\/\b\f\n\r\t\xC3\xA4\xF0\x9F\x98\x80", "a\0b"s));
}

TEST(JsonRead, WantedTypesAreHonoured) {
  JsonFiles files("[{\"i\": 5, \"b\": true, \"n\": 1.5, \"s\": \"x\", \"j\": [1]}]");
  EXPECT_THAT(files.rows({"j", "s", "n", "b", "i"},
                         {{Kind::json}, {Kind::binary}, {Kind::float64}, {Kind::boolean}, {Kind::int16}}),
              ElementsAre(ElementsAre("[1]", "\\x78", "1.5", "true", "5")));
  EXPECT_THAT(files.rows({"i", "b", "n"}, {{Kind::text}, {Kind::text}, {Kind::number}}),
              ElementsAre(ElementsAre("5", "true", "1.5")));
}

TEST(JsonRead, WhatDoesNotFitIsRefusedWithFileRecordAndValue) {
  JsonFiles files("[{\"x\": 1}, {\"x\": 70000}, {\"y\": 0.1, \"z\": 9007199254740993, \"w\": \"a\"}]");
  const Error error = error_of([&] { files.rows({"x"}, {{Kind::int16}}); });
  EXPECT_EQ(error.code(), Code::data);
  for (const char* part : {"t.json, record at byte 11", "column x", "int16", "'70000'"})
    EXPECT_THAT(error.what(), HasSubstr(part));
  EXPECT_EQ(error_of([&] { files.rows({"z"}, {{Kind::float64}}); }).code(), Code::data);
  EXPECT_EQ(error_of([&] { files.rows({"y"}, {{Kind::int64}}); }).code(), Code::data);
  EXPECT_EQ(error_of([&] { files.rows({"w"}, {{Kind::boolean}}); }).code(), Code::data);
  EXPECT_EQ(error_of([&] { files.rows({"w"}, {{Kind::date}}); }).code(), Code::unsupported);
}

TEST(JsonRead, UnknownTablesAndColumnsAreNamedWithTheNearest) {
  JsonFiles files("[{\"price\": 1}]");
  EXPECT_THAT(error_of([&] { files.rows({"prize"}); }).what(), HasSubstr("price"));
  EXPECT_EQ(error_of([&] { files.rows({"price"}, {}, "u"); }).code(), Code::not_found);
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"price"};
  spec.where = "price > 0";
  EXPECT_EQ(error_of([&] { files.session().read(spec); }).code(), Code::unsupported);
}

TEST(JsonRead, BatchesEndWhereTheSpecSays) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "{\"x\": \"" + std::string(100, 'x') + "\"}\n";
  JsonFiles files(text);
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"x"};
  spec.batch_rows = 30;
  std::vector<int64_t> lengths;
  auto by_rows = files.session().read(spec);
  for (auto batch = by_rows->next(); !batch.empty(); batch = by_rows->next()) lengths.push_back(batch->length);
  EXPECT_THAT(lengths, ElementsAre(30, 30, 30, 10));
  spec.batch_rows = 0;
  spec.batch_bytes = 1000;
  EXPECT_EQ(files.session().read(spec)->next()->length, 10);
}

TEST(JsonRead, RecordsOnAllBordersOfTheWindowAreWhole) {
  // Records of growing size shift against the blocks of 64 bytes and the window of 1 MiB.
  std::string text;
  std::vector<std::string> expected;
  for (size_t i = 0; text.size() < 3500000; ++i) {
    const std::string value = std::string(i % 197, static_cast<char>('a' + i % 26)) + (i % 3 == 0   ? "\\\\"
                                                                                       : i % 5 == 0 ? "\\\"}{"
                                                                                                    : "");
    text += "{\"x\":\"" + value + "\"}" + (i % 2 == 0 ? "\n" : "");
    std::string plain = value;
    if (i % 3 == 0) plain.erase(plain.size() - 1);
    if (i % 3 != 0 && i % 5 == 0) plain.erase(plain.size() - 4, 1);
    expected.push_back(plain);
  }
  JsonFiles files(text);
  EXPECT_EQ(files.values("x"), expected);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
int64_t peak_of_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

TEST(JsonRead, MemoryIsThatOfTheLargestRecordAndNotOfTheFile) {
  JsonFiles files;
  files.write("t.json", "");
  {
    std::ofstream out(files.path("t.json"));
    const std::string piece(1000, 'x');
    for (int i = 0; i < 100000; ++i)
      out << (i == 0 ? "[" : ",\n") << "{\"id\": " << i << ", \"x\": \"" << piece << "\"}";
    out << "]";
  }
  files.open("t.json");
  const int64_t before = peak_of_memory();
  EXPECT_EQ(files.catalog().tables.at(0).rows, 100000);
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"id", "x"};
  int64_t rows = 0;
  const auto reader = files.session().read(spec);
  for (auto batch = reader->next(); !batch.empty(); batch = reader->next()) rows += batch->length;
  EXPECT_EQ(rows, 100000);
  EXPECT_LT(peak_of_memory() - before, 32 << 20);
}
#endif

TEST(JsonRead, AFileThatChangesWhileItIsReadIsAnError) {
  std::string text;
  for (int i = 0; i < 400000; ++i) text += "{\"x\": " + std::to_string(i) + "}\n";
  JsonFiles files(text);
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"x"};
  const auto reader = files.session().read(spec);
  ASSERT_FALSE(reader->next().empty());
  files.write("t.json", text + "{\"x\": 1}\n");
  const Error error = error_of([&] {
    while (!reader->next().empty()) {
    }
  });
  EXPECT_EQ(error.code(), Code::conflict);
  EXPECT_THAT(error.what(), HasSubstr("t.json: the file changed"));
}

TEST(JsonRead, CancelEndsAReadFromAnotherThread) {
  std::string text;
  for (int i = 0; i < 400000; ++i) text += "{\"x\": " + std::to_string(i) + "}\n";
  JsonFiles files(text);
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"x"};
  const auto reader = files.session().read(spec);
  ASSERT_FALSE(reader->next().empty());
  files.session().cancel();
  EXPECT_EQ(error_of([&] {
              while (!reader->next().empty()) {
              }
            }).code(),
            Code::cancelled);
}

}  // namespace
}  // namespace sluice::test
