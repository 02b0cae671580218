#include <filesystem>

#include "json_store.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

/// The message of a file that can't be read: it must name the file and the byte.
std::string message_of(const std::string& text, int64_t byte, const store::Options& options = {}) {
  JsonFiles files(text, options);
  const Error error = error_of([&] { files.catalog(); });
  EXPECT_EQ(error.code(), Code::data) << error.what();
  EXPECT_THAT(error.what(), HasSubstr("t.json, byte " + std::to_string(byte) + ": "));
  return error.what();
}

std::string record(const std::string& value) { return "[{\"a\": 1}, {\"b\": " + value + "}]"; }
constexpr int64_t kValue = 17;  // where the value stands in it

TEST(JsonError, WordsThatAreNoJsonAreNamed) {
  EXPECT_THAT(message_of(record("NaN"), kValue), HasSubstr("no such number: 'NaN'"));
  EXPECT_THAT(message_of(record("-Infinity"), kValue), HasSubstr("'-Infinity'"));
  EXPECT_THAT(message_of(record("None"), kValue), HasSubstr("found 'None'"));
  EXPECT_THAT(message_of(record("'x'"), kValue), HasSubstr("found"));
  const std::string nul = std::string("1") + '\0';
  EXPECT_THAT(message_of(record(nul), kValue), HasSubstr("expected a value"));
  for (const char* number : {"01", "+1", ".5", "1.", "1e", "0x10", "--1", "1 2"}) {
    JsonFiles files(record(number));
    EXPECT_EQ(error_of([&] { files.catalog(); }).code(), Code::data) << number;
  }
}

TEST(JsonError, CommentsAndCommasAreNamed) {
  EXPECT_THAT(message_of(record("/* one */ 1"), kValue), HasSubstr("comments are not JSON"));
  EXPECT_THAT(message_of("[{\"a\": 1}] // end", 11), HasSubstr("comments are not JSON"));
  EXPECT_THAT(message_of(record("[1, 2,]"), kValue + 5), HasSubstr("a comma before ']'"));
  EXPECT_THAT(message_of("[{\"a\": 1,}]", 8), HasSubstr("a comma before '}'"));
  EXPECT_THAT(message_of("[{\"a\": 1},]", 9), HasSubstr("a comma before ']'"));
  EXPECT_THAT(message_of("[{\"a\": 1} {\"a\": 2}]", 10), HasSubstr("expected ','"));
  EXPECT_THAT(message_of("[{\"a\" 1}]", 6), HasSubstr("expected ':'"));
}

TEST(JsonError, ColonsStandBehindKeysOnly) {
  EXPECT_THAT(message_of(record("[1, \"s\": 2]"), kValue + 7), HasSubstr("expected ',' or ']'"));
  EXPECT_THAT(message_of(record("[1, \"s\": {\"x\": 1}]"), kValue + 7), HasSubstr("expected ',' or ']'"));
  EXPECT_THAT(message_of(record("\"s\": 2"), kValue + 3), HasSubstr("expected ',' or '}'"));
  EXPECT_THAT(message_of(record("[1, \"s\": {\"x\": 1m, {\"y\"\"x\": 1}, {\"y\": 2}]}, \": 2"), kValue + 7),
              HasSubstr("expected ',' or ']'"));
}

TEST(JsonError, BracketsMustFit) {
  EXPECT_THAT(message_of(record("[1}"), kValue + 2), HasSubstr("expected ',' or ']'"));
  EXPECT_THAT(message_of("[{\"a\": 1}] ]", 11), HasSubstr("expected the end of the file"));
}

TEST(JsonError, WhatIsCutOffIsSaidToBe) {
  EXPECT_THAT(message_of("[{\"a\": 1}, {\"a\": 2", 11), HasSubstr("cut off by the file's end"));
  EXPECT_THAT(message_of("{\"a\": 1}\n{\"a\": \"x", 9), HasSubstr("cut off"));
  EXPECT_THAT(message_of("[{\"a\": 1}", 9), HasSubstr("cut off"));
  EXPECT_THAT(message_of("{\"data\": [{\"a\": 1}], \"x\": 1", 19, {{"record", "/data"}}), HasSubstr("cut off"));
  EXPECT_THAT(message_of("[{\"a\": NaN}, {\"a\": [", 7), HasSubstr("NaN"));
}

TEST(JsonError, AFaultThatHidesTheEndIsNamedInsteadOfTheEnd) {
  EXPECT_THAT(message_of("[{\"a\": 1 // it's }\n}, {\"b\": \"\"\"}]", 9), HasSubstr("comments"));
}

TEST(JsonError, TextsMustBeUtf8) {
  EXPECT_THAT(message_of(record("\"a\xff\""), kValue + 2), HasSubstr("not UTF-8, found byte 0xff"));
  EXPECT_THAT(message_of(record("\"\xed\xa0\x80\""), kValue + 1), HasSubstr("not UTF-8"));
  EXPECT_THAT(message_of(record("\"\\ud800\""), kValue + 1), HasSubstr("surrogate pair"));
  EXPECT_THAT(message_of(record("\"\\udc00x\""), kValue + 1), HasSubstr("surrogate pair"));
  EXPECT_THAT(message_of(record("[\"\\ud800\\n\"]"), kValue + 2), HasSubstr("surrogate pair"));
  EXPECT_THAT(message_of("[{\"\\ud800\": 1}]", 3), HasSubstr("surrogate pair"));
  EXPECT_THAT(message_of(record("\"\\x41\""), kValue + 1), HasSubstr("expected an escape"));
  EXPECT_THAT(message_of(record("\"a\nb\""), kValue + 2), HasSubstr("control character"));
}

TEST(JsonError, OtherEncodingsAreNamed) {
  using namespace std::string_literals;
  EXPECT_THAT(message_of("\xFF\xFE[\0"s, 0), HasSubstr("UTF-16"));
  EXPECT_THAT(message_of("[\0{\0"s, 0), HasSubstr("UTF-16LE"));
  EXPECT_THAT(message_of("\0[\0{"s, 0), HasSubstr("UTF-16BE"));
  EXPECT_THAT(message_of("\xFF\xFE\0\0"s, 0), HasSubstr("UTF-32"));
}

TEST(JsonError, RecordsMustBeObjects) {
  EXPECT_THAT(message_of("[{\"a\": 1}, 5]", 11), HasSubstr("expected a record, which begins with '{', found '5"));
  EXPECT_THAT(message_of("\"text\"", 0), HasSubstr("expected a record"));
  EXPECT_THAT(message_of("{\"x\": {\"a\": 1}, \"y\": 2}", 21, {{"shape", "object"}}), HasSubstr("expected a record"));
  EXPECT_THAT(message_of("{\"a\": 1}", 0, {{"shape", "array"}}), HasSubstr("expected '['"));
}

TEST(JsonError, DepthIsBounded) {
  const std::string deep = std::string(255, '[') + std::string(255, ']');
  EXPECT_EQ(JsonFiles("{\"a\": " + deep + "}").values("a"), std::vector<std::string>{deep});
  EXPECT_THAT(message_of("{\"a\": [" + deep + "]}", 261), HasSubstr("max_depth"));
  EXPECT_THAT(message_of("{\"a\": [[1]]}", 7, {{"max_depth", "2"}}), HasSubstr("deeper than 2"));
  const std::string bomb(2000000, '[');
  EXPECT_THAT(message_of("{\"a\": " + bomb, 261), HasSubstr("max_depth"));
  EXPECT_THAT(message_of(bomb, 1), HasSubstr("expected a record"));
}

TEST(JsonError, TheSizeOfARecordIsBounded) {
  const std::string large = "{\"a\": \"" + std::string(5000, 'x') + "\"}";
  EXPECT_EQ(JsonFiles(large, {{"max_record", "8KiB"}}).values("a").at(0).size(), 5000u);
  EXPECT_THAT(message_of("{\"a\": 1}\n" + large, 9, {{"max_record", "4KiB"}}), HasSubstr("more than 4 KiB"));
}

/// A file of a gigabyte that is one string from `begin` on; only what is looked at takes room.
std::string refusal_of_gigabyte(const std::string& begin, const std::string& name) {
  JsonFiles files;
  files.write(name, begin + std::string(80 << 20, 'x'));
  std::filesystem::resize_file(files.path(name), int64_t{1} << 30);
  return error_of([&] { files.open(name).catalog({}); }).message();
}

TEST(JsonError, StringsOfAGigabyteAreRefusedBeforeTheyAreRead) {
  EXPECT_THAT(refusal_of_gigabyte("{\"a\": 1}\n{\"a\": \"", "value.ndjson"),
              HasSubstr("byte 9: the record that begins here has more than 64 MiB"));
  EXPECT_THAT(refusal_of_gigabyte("{\"a\": {}, \"", "key.json"), HasSubstr("more than 64 MiB"));
}

TEST(JsonError, WrongOptionsAreNamed) {
  const auto refused = [](const store::Options& options) {
    return error_of([&] { JsonFiles("[]", options); }).message();
  };
  EXPECT_THAT(refused({{"shape", "list"}}), HasSubstr("auto, array, lines (or ndjson), object or tables"));
  EXPECT_THAT(refused({{"record", "data"}}), HasSubstr("JSON pointer"));
  EXPECT_THAT(refused({{"max_depth", "0"}}), HasSubstr("1 to 1000"));
  EXPECT_THAT(refused({{"access", "append"}}), HasSubstr("expected read or write"));
  EXPECT_THAT(refused({{"spilt", "x"}}), HasSubstr("spilt"));
  EXPECT_EQ(error_of([] { JsonFiles().open("missing.json"); }).code(), Code::not_found);
}

}  // namespace
}  // namespace sluice::test
