#include "json_store.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string lines_of(const std::string& key, const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += "{\"" + key + "\": " + value + "}\n";
  return text;
}

TEST(JsonCatalog, TypesComeFromAllValues) {
  const auto type_of = [](const std::vector<std::string>& values) {
    return JsonFiles(lines_of("x", values), {{"shape", "lines"}}).columns();
  };
  EXPECT_EQ(type_of({"1", "-9223372036854775808"}), "x int64 number");
  EXPECT_EQ(type_of({"1", "9223372036854775808"}), "x number number");
  EXPECT_EQ(type_of({"1", "1.0"}), "x number number");
  EXPECT_EQ(type_of({"-0"}), "x number number");
  EXPECT_EQ(type_of({"true", "false"}), "x boolean boolean");
  EXPECT_EQ(type_of({"\"a\"", "null"}), "x text string");
  EXPECT_EQ(type_of({"null"}), "x text null");
  EXPECT_EQ(type_of({"{}"}), "x json object");
  EXPECT_EQ(type_of({"[]", "null"}), "x json array");
}

TEST(JsonCatalog, TimesAndUuidsAreKnownWhereEveryTextIsOne) {
  const auto type_of = [](const std::vector<std::string>& values) {
    return JsonFiles(lines_of("x", values), {{"shape", "lines"}}).columns();
  };
  EXPECT_EQ(type_of({"\"2025-01-31\"", "\"2024-02-29\""}), "x date string");
  EXPECT_EQ(type_of({"\"2025-01-31T10:00:00.5\""}), "x timestamp string");
  EXPECT_EQ(type_of({"\"2025-01-31T10:00:00Z\"", "\"2025-01-31 10:00:00+02\""}), "x timestamptz string");
  EXPECT_EQ(type_of({"\"2025-01-31T10:00:00Z\"", "\"2025-01-31\""}), "x text string");
  EXPECT_EQ(type_of({"\"2025-01-31\"", "\"\""}), "x text string");
  EXPECT_EQ(type_of({"\"2025-02-30\""}), "x text string");
  EXPECT_EQ(type_of({"\"6ba7b810-9dad-11d1-80b4-00c04fd430c8\""}), "x uuid string");
  EXPECT_EQ(type_of({"\"6BA7B810-9dad-11d1-80b4-00c04fd430c8\""}), "x text string");
  EXPECT_EQ(type_of({"\"123\""}), "x text string");
}

TEST(JsonCatalog, AKeyOfSeveralKindsBecomesJsonWithANote) {
  JsonFiles files(lines_of("x", {"1", "\"A1\"", "2.5", "null", "[1]"}));
  EXPECT_EQ(files.columns(), "x json mixed");
  EXPECT_THAT(files.catalog().notes,
              testing::Contains("t.x: values of several kinds (1 string, 2 numbers, 1 array): becomes json"));
  EXPECT_THAT(files.values("x"), ElementsAre("1", "\"A1\"", "2.5", "NULL", "[1]"));
}

TEST(JsonCatalog, ALateKeyIsFoundWhereverItIs) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "{\"a\": " + std::to_string(i) + "}\n";
  JsonFiles files(text + "{\"late\": \"x\"}\n");
  EXPECT_EQ(files.columns(), "a int64 number, late text string");
  EXPECT_EQ(files.catalog().tables.at(0).rows, 20001);
}

TEST(JsonCatalog, MissingAndNullAreCountedApart) {
  JsonFiles files("[{\"a\": 1, \"b\": null}, {\"b\": 2}, {\"a\": null, \"b\": 3}, {\"a\": 4, \"b\": \"\"}]");
  const auto notes = files.catalog().notes;
  EXPECT_THAT(notes, testing::Contains(HasSubstr("missing from records, and from how many (NULL in the table): a 1")));
  EXPECT_THAT(notes, testing::Contains(HasSubstr("null, and in how many records (NULL in the table, too): a 1, b 1")));
  EXPECT_EQ(files.column("a").evidence->nulls, 2);
}

TEST(JsonCatalog, OfDoubledKeysTheLastWinsAndTheyAreCounted) {
  JsonFiles files("[{\"a\": \"x\", \"a\": 1}, {\"a\": 2, \"\\u0061\": 3, \"a\": 4}]");
  EXPECT_EQ(files.columns(), "a int64 number");
  EXPECT_THAT(files.values("a"), ElementsAre("1", "4"));
  EXPECT_THAT(files.catalog().notes, ElementsAre("t: 3 keys stood twice in a record: the last one counts"));
}

const std::string kLong(70, 'k');
const std::string kOddKeys = "[{\"a.b\": 1, \"a b\": 2, \"\": 3, \"Id\": 4, \"id\": 5, \"" + kLong + "1\": 6, \"" +
                             kLong + "2\": 7, \"\\\"q\\u0000\": 8, \"\\ud83d\\ude00\": 9}]";

TEST(JsonCatalog, AnyKeySurvivesUnderANameThatStoresHold) {
  JsonFiles files(kOddKeys);
  const std::string cut = kLong.substr(0, 63);
  EXPECT_THAT(
      files.rows({"a.b", "a b", "empty_key", "Id", "id_2", cut, cut.substr(0, 61) + "_2", "\"q_", "\xF0\x9F\x98\x80"}),
      ElementsAre(ElementsAre("1", "2", "3", "4", "5", "6", "7", "8", "9")));
  const auto notes = files.catalog().notes;
  EXPECT_THAT(notes, testing::Contains("t: the key '' is column empty_key"));
  EXPECT_THAT(notes, testing::Contains("t: the key 'id' is column id_2"));
  EXPECT_THAT(notes, testing::Contains("t: the key '" + kLong + "1' is column " + cut));
}

TEST(JsonCatalog, KeysAreExactWhereThatIsAsked) {
  JsonFiles files(kOddKeys, {{"names", "exact"}});
  EXPECT_THAT(files.rows({"Id", "id", kLong + "1", kLong + "2"}), ElementsAre(ElementsAre("4", "5", "6", "7")));
}

TEST(JsonCatalog, EvidenceLetsTheEngineDecide) {
  JsonFiles files(
      "[{\"n\": 1, \"d\": 1.25, \"s\": \"12.5\", \"j\": {\"a\": 1}, \"o\": \"[1]\", \"z\": \"a\\u0000b\"}, {\"n\": -7, "
      "\"d\": 300}]");
  const catalog::Evidence n = *files.column("n").evidence;
  EXPECT_EQ(n.rows, 2);
  EXPECT_EQ(n.integers, 2);
  EXPECT_EQ(n.min_integer, -7);
  EXPECT_EQ(n.max_integer, 1);
  const catalog::Evidence d = *files.column("d").evidence;
  EXPECT_EQ(d.texts, 2);
  EXPECT_EQ(d.numbers, 2);
  EXPECT_EQ(d.max_digits, 3);
  EXPECT_EQ(d.max_scale, 2);
  EXPECT_EQ(files.column("s").evidence->numbers, 1);
  EXPECT_EQ(files.column("j").evidence->jsons, 1);
  EXPECT_EQ(files.column("o").evidence->jsons, 1);
  EXPECT_EQ(files.column("z").evidence->nul_bytes, 1);
  EXPECT_EQ(files.column("z").evidence->max_bytes, 3);
}

TEST(JsonCatalog, ExponentsCountInDigitsAndScale) {
  JsonFiles files("[{\"a\": 1e3, \"b\": 12.5e-3, \"c\": 1e400, \"d\": 1.5e-20}]");
  EXPECT_EQ(files.column("a").evidence->max_digits, 4);
  EXPECT_EQ(files.column("b").evidence->max_scale, 4);
  EXPECT_EQ(files.column("c").evidence->max_digits, 401);
  EXPECT_EQ(files.column("d").evidence->max_scale, -1);
}

TEST(JsonCatalog, AFilterChoosesTables) {
  JsonFiles files("{\"a\": [{\"x\": 1}], \"b\": [{\"y\": 1}]}");
  store::LookFilter filter;
  filter.tables = {"b", "missing"};
  const catalog::Catalog seen = files.session().catalog(filter);
  ASSERT_EQ(seen.tables.size(), 1u);
  EXPECT_EQ(seen.tables[0].name, "b");
  EXPECT_FALSE(seen.tables[0].columns[0].evidence.has_value());
}

TEST(JsonCatalog, TooManyKeysAreSaidToBeData) {
  std::string text;
  for (int i = 0; i < 10002; ++i) text += "{\"k" + std::to_string(i) + "\": 1}\n";
  JsonFiles files(text);
  EXPECT_THAT(error_of([&] { files.catalog(); }).what(), HasSubstr("different keys"));
}

}  // namespace
}  // namespace sluice::test
