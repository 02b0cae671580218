#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "workflow/value.hpp"
#include "workflow/words.hpp"
#include "workflow/workflow.hpp"

namespace sluice::workflow {
namespace {

TEST(Words, AreSortedUniqueAndFound) {
  std::set<std::string> seen;
  std::string last;
  for (const Word& word : words()) {
    EXPECT_LT(last, word.name);
    EXPECT_TRUE(seen.insert(word.name).second) << word.name;
    EXPECT_EQ(find_word(word.name), &word);
    last = word.name;
  }
  EXPECT_EQ(find_word("copy.tabels"), nullptr);
  EXPECT_EQ(find_word(""), nullptr);
}

TEST(Words, HaveHelpAndAnExampleThatNamesThem) {
  for (const Word& word : words()) {
    EXPECT_FALSE(word.help.empty()) << word.name;
    EXPECT_NE(word.example.find(word.name), std::string::npos) << word.name;
    for (const FieldSpec& field : word.fields) EXPECT_FALSE(field.help.empty()) << word.name << "." << field.name;
    for (const MetricSpec& metric : word.metrics) EXPECT_FALSE(metric.help.empty()) << word.name << "." << metric.name;
  }
}

TEST(Words, HaveAtMostOnePositionalFieldAndUniqueNames) {
  for (const Word& word : words()) {
    std::set<std::string> names;
    for (const FieldSpec& field : word.fields)
      EXPECT_TRUE(names.insert(field.name).second) << word.name << "." << field.name;
    EXPECT_LE(std::count_if(word.fields.begin(), word.fields.end(),
                            [](const FieldSpec& field) { return field.is_positional; }),
              1)
        << word.name;
  }
}

TEST(Words, WhatIsNotBuiltIsNotThere) {
  for (const char* name :
       {"probe.http", "alarm", "backup.create", "cast.upper", "measure", "notify.webhook", "wait", "soak", "task"}) {
    EXPECT_EQ(find_word(name), nullptr) << name;
  }
}

TEST(Words, ActionsPublishTheMetricsThatGatesRead) {
  const Word* content = find_word("verify.content");
  ASSERT_NE(content, nullptr);
  for (const char* name : {"missing", "extra", "changed", "completeness", "discrepancy", "source_rows", "target_rows",
                           "duplicated", "sampled"}) {
    EXPECT_NE(content->find_metric(name), nullptr) << name;
  }
  EXPECT_FALSE(content->find_metric("completeness")->higher_is_worse);
  EXPECT_TRUE(content->find_metric("discrepancy")->exact);
  EXPECT_FALSE(find_word("copy.tables")->find_metric("rate")->exact);
}

TEST(Value, IsJsonWithItsReferencesMarked) {
  Value value;
  value.data = Value::Object{{"url", {SecretRef{"PG_URL"}}},
                             {"map", {MapRef{2}}},
                             {"check", {FunctionRef{"copy.g#check"}}},
                             {"list", {Value::List{{int64_t{1}}, {2.5}, {true}, {std::string("a\"b")}, {}}}}};
  EXPECT_EQ(
      value_to_json(value),
      R"({"check":{"function":"copy.g#check"},"list":[1,2.5,true,"a\"b",null],"map":{"map":2},"url":{"secret":"PG_URL"}})");
}

TEST(Value, IsJsonWithWhatTextsAndNumbersNeed) {
  const Value value{Value::Object{{"a\nb", {std::string("grün\x01\\")}},
                                  {"broken", {std::string("x\xff")}},
                                  {"empty", {Value::List{{Value::List{}}, {Value::Object{}}, {std::string()}}}},
                                  {"numbers", {Value::List{{1.0}, {1e300}, {int64_t{-7}}, {false}}}}}};
  EXPECT_EQ(value_to_json(value),
            "{\"a\\nb\":\"grün\\u0001\\\\\",\"broken\":\"x\xef\xbf\xbd\",\"empty\":[[],{},\"\"],"
            "\"numbers\":[1.0,1e+300,-7,false]}");
}

TEST(Location, ReadsBack) {
  const Location where = location_from_text("lib/a:b.lua:12");
  EXPECT_EQ(where.file, "lib/a:b.lua");
  EXPECT_EQ(where.line, 12);
  EXPECT_EQ(to_text(where), "lib/a:b.lua:12");
  EXPECT_EQ(to_text(location_from_text("shop.lua")), "shop.lua");
  EXPECT_EQ(location_from_text("shop.lua:x").line, 0);
}

}  // namespace
}  // namespace sluice::workflow
