#include <algorithm>
#include <numeric>
#include <random>

#include "json_store.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The primary key of a table, its columns with commas between; "" where there is none.
std::string key_of(JsonFiles& files, const std::string& table = "t") {
  const catalog::Catalog catalog = files.catalog();
  std::string text;
  const auto& key = catalog.find_table(table)->primary_key;
  for (const std::string& column : key ? key->columns : std::vector<std::string>()) {
    text += (text.empty() ? "" : ",") + column;
  }
  return text;
}

std::string key_in(const std::string& text, const store::Options& options = {}) {
  JsonFiles files(text, options);
  return key_of(files);
}

TEST(JsonKeys, AFieldNamedIdThatIsUniqueIsTheKey) {
  EXPECT_EQ(key_in("[{\"id\": 1}, {\"id\": 2}, {\"id\": 7}]"), "id");
  EXPECT_EQ(key_in("[{\"id\": 7}, {\"id\": -2}, {\"id\": 1}]"), "id");
  EXPECT_EQ(key_in("[{\"x\": 1, \"_id\": \"b\"}, {\"x\": 1, \"_id\": \"a\"}]"), "_id");
  EXPECT_EQ(key_in("{\"b\": {\"x\": 1}, \"a\": {\"x\": 1}}"), "key");
  EXPECT_EQ(key_in("[{\"id\": 1, \"uuid\": \"x\"}, {\"id\": 1, \"uuid\": \"y\"}]"), "uuid");
}

TEST(JsonKeys, NothingElseIsOne) {
  for (const char* text :
       {"[{\"id\": 1}, {\"id\": 2}, {\"id\": 1}]", "[{\"id\": 1}, {\"x\": 2}]", "[{\"x\": 1}, {\"id\": 2}]",
        "[{\"id\": 1}, {\"id\": null}]", "[{\"id\": 1}, {\"id\": \"1\"}]", "[{\"id\": \"\\u0061\"}, {\"id\": \"a\"}]",
        "[{\"id\": 1}, {\"id\": 1.5}]", "[{\"id\": [1]}, {\"id\": [2]}]", "[{\"number\": 1}, {\"number\": 2}]",
        "{\"b\": {\"x\": 1}, \"b\": {\"x\": 1}}"}) {
    EXPECT_EQ(key_in(text), "") << text;
  }
  EXPECT_EQ(key_in("[{\"id\": \"" + std::string(300, 'x') + "\"}, {\"id\": \"y\"}]"), "") << "too long for an index";
}

TEST(JsonKeys, OfManyRowsAscendingIntegersAreProvedAndOthersOnlyUpToAMillion) {
  const int64_t rows = 1100000;
  std::string ascending, other;
  for (int64_t i = 0; i < rows; ++i) {
    ascending += "{\"id\":" + std::to_string(i * 3) + "}\n";
    other += "{\"id\":" + std::to_string(i ^ 1) + "}\n";
  }
  EXPECT_EQ(key_in(ascending), "id");
  EXPECT_EQ(key_in(other), "");
}

TEST(JsonKeys, ChildrenHaveTheirParentsKeyAndTheOrdinal) {
  JsonFiles files("[{\"id\": 1, \"a\": [{\"x\": 1, \"b\": [{\"y\": 1}]}]}, {\"id\": 2, \"a\": [{\"x\": 1}]}]",
                  {{"split", "a,a.b"}});
  EXPECT_EQ(key_of(files, "t_a"), "t_id,ordinal");
  EXPECT_EQ(key_of(files, "t_a_b"), "t_id,t_a_ordinal,ordinal");
  files.write("twice.json", "[{\"id\": 1, \"a\": [{\"x\": 1}]}, {\"id\": 1, \"a\": [{\"x\": 1}]}]");
  files.open("twice.json", {{"split", "a"}});
  EXPECT_EQ(key_of(files, "twice_a"), "") << "the parent's id is no key";
}

/// The ids that a read of [lower, upper) gives.
std::vector<std::string> ids_in(JsonFiles& files, int64_t lower, int64_t upper) {
  store::Range range;
  range.key = {"id"};
  range.type = "integer";
  range.lower = {std::to_string(lower)};
  range.upper = {std::to_string(upper)};
  std::vector<std::string> ids;
  for (const auto& row : files.rows({"id"}, {}, "t", range)) ids.push_back(row[0]);
  return ids;
}

TEST(JsonKeys, ARangeOfIntegersIsReadInAnyOrder) {
  std::vector<int> ids(20000);
  std::iota(ids.begin(), ids.end(), -50);
  for (const bool is_shuffled : {false, true}) {
    if (is_shuffled) std::shuffle(ids.begin(), ids.end(), std::mt19937(7));
    std::string text;
    for (const int id : ids) text += "{\"id\":" + std::to_string(2 * id) + "}\n";
    JsonFiles files(text);
    std::vector<std::string> expected;
    for (const int id : ids) {
      if (2 * id >= 1001 && 2 * id < 9000) expected.push_back(std::to_string(2 * id));
    }
    EXPECT_EQ(ids_in(files, 1001, 9000), expected);
    EXPECT_THAT(ids_in(files, -2, 1).size(), 2u);
    EXPECT_THAT(ids_in(files, -1000000, -100).size(), 0u);
    EXPECT_THAT(ids_in(files, 39898, 1000000), ElementsAre("39898"));
  }
}

TEST(JsonKeys, ARangeOfWhatIsNoIntegerIsRefused) {
  JsonFiles files("[{\"id\": 1}, {\"id\": \"x\"}]");
  EXPECT_THAT(error_of([&] { ids_in(files, 1, 5); }).message(), HasSubstr("expected an integer key, found '\"x\"'"));
}

}  // namespace
}  // namespace sluice::test
