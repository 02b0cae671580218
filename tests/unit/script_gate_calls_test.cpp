#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "script/load.hpp"

namespace sluice::script {
namespace {

using testing::HasSubstr;
using workflow::FunctionRef;
using workflow::GateAnswer;
using workflow::MetricValue;

/// A store that answers from a table of queries.
class FakeContext : public workflow::GateContext {
 public:
  std::optional<std::string> scalar(const std::string& store, const std::string& query) override {
    asked.push_back(store + ": " + query);
    if (query == "broken") throw Error(Code::unavailable, "the server is gone");
    return answers.at(query);
  }
  bool has_store(const std::string& name) const override { return name == "old" || name == "new"; }
  const workflow::Metrics& metrics() const override { return values; }

  std::map<std::string, std::optional<std::string>> answers;
  workflow::Metrics values;
  std::vector<std::string> asked;
};

std::map<std::string, std::string> files_with(const std::string& body) {
  return {{"w.lua",
           "local m = map { from = 'old', to = 'new' }\nreturn workflow 'w' { stores = { old = store 'sqlite' { path = "
           "'a' }, new = "
           "store 'sqlite' { path = 'b' } }, phase 'p' { step 'proof' { verify.counts { map = m } },\n"
           "gate 'g' { check = function(ctx)\n" +
               body + "\nend } } }\n"}};
}

GateAnswer check(const std::string& body, FakeContext& context) {
  return make_script_calls(files_with(body), "w.lua", {})->make()->check_gate(FunctionRef{"p.g#check"}, context);
}

GateAnswer check(const std::string& body) {
  FakeContext context;
  return check(body, context);
}

Error fault_of(const std::string& body, FakeContext context = {}) {
  try {
    check(body, context);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error: " << body;
  return Error(Code::internal, "");
}

TEST(GateFunction, AnswersWithAMessage) {
  FakeContext context;
  context.answers["select count(*) from lines"] = "3";
  const GateAnswer answer = check(
      "local n = ctx.new:scalar 'select count(*) from lines'\nreturn n == 0, n .. ' lines have no order'", context);
  EXPECT_FALSE(answer.holds);
  EXPECT_EQ(answer.message, "3 lines have no order");
  EXPECT_THAT(context.asked, testing::ElementsAre("new: select count(*) from lines"));
  EXPECT_TRUE(check("return true").holds);
  EXPECT_EQ(check("return true").message, "");
  EXPECT_EQ(check("return false, 5").message, "5");
}

TEST(GateFunction, ScalarsBecomeNumbersWhereNothingIsLost) {
  const std::pair<const char*, const char*> kScalars[] = {{"0", "number"},
                                                          {"-17", "number"},
                                                          {"9007199254740991", "number"},
                                                          {"9007199254740992", "string"},
                                                          {"9007199254740993", "string"},
                                                          {"1.5", "number"},
                                                          {"1e3", "number"},
                                                          {"2024-01-31", "string"},
                                                          {"", "string"},
                                                          {"nan", "string"},
                                                          {"0x10", "string"},
                                                          {"-", "string"},
                                                          {"1.2.3", "string"},
                                                          {"abc", "string"}};
  for (const auto& [text, type] : kScalars) {
    FakeContext context;
    context.answers["q"] = text;
    EXPECT_EQ(check("return true, type(ctx.old:scalar 'q')", context).message, type) << text;
  }
  FakeContext context;
  context.answers["q"] = std::nullopt;
  EXPECT_EQ(check("return true, type(ctx.old:scalar 'q')", context).message, "nil");
}

TEST(GateFunction, ReadsMetricsOfEarlierSteps) {
  FakeContext context;
  context.values["p.proof.missing"] = {
      .unit = "rows", .tables = {{"a", MetricValue{.numerator = 2}}, {"b", MetricValue{.numerator = 5}}}};
  context.values["p.proof.completeness"] = {.unit = "%",
                                            .tables = {{"a", MetricValue{.numerator = 1, .denominator = 2}},
                                                       {"b", MetricValue{.numerator = 1}},
                                                       {"c", MetricValue{.denominator = 0}}}};
  const GateAnswer answer = check(
      "return ctx:metric 'proof.missing' == 5 and ctx:metric('proof.missing', 'a') == 2 and ctx:metric "
      "'p.proof.completeness' == 0.5 "
      "and ctx:metric('proof.completeness', 'c') == nil and ctx:metric 'proof.extra' == nil",
      context);
  EXPECT_TRUE(answer.holds);
}

TEST(GateFunction, MistakesHaveTheirLineAndTheNearestName) {
  EXPECT_EQ(fault_of("local x = nil\nreturn x.y").where(), "w.lua:5");
  EXPECT_THAT(fault_of("return ctx.nwe:scalar 'q'").message(), HasSubstr("did you mean new?"));
  EXPECT_THAT(fault_of("return ctx:metric 'proof.mising' == 0").message(), HasSubstr("did you mean proof.missing?"));
  EXPECT_THAT(fault_of("return ctx.new:query 'q'").message(), HasSubstr("a store has no \"query\""));
  EXPECT_THAT(fault_of("return ctx.new.scalar 'q'").message(), HasSubstr("with a colon"));
  EXPECT_THAT(fault_of("return ctx.metric 'proof.missing'").message(), HasSubstr("with a colon"));
  EXPECT_THAT(fault_of("return 1").message(),
              HasSubstr("expected true or false as the first result, found the number 1"));
  EXPECT_THAT(fault_of("local x = 1").message(), HasSubstr("found nothing (nil)"));
  EXPECT_THAT(fault_of("return true, {}").message(), HasSubstr("expected a text, found a table"));
  EXPECT_THAT(fault_of("return true, 'a', 'b'").message(), HasSubstr("found 3 results"));
  EXPECT_THAT(fault_of("x = 5").message(), HasSubstr("write local x"));
}

TEST(GateFunction, ErrorsOfAStoreKeepTheirCode) {
  const Error error = fault_of("return true,\n ctx.new:scalar 'broken'");
  EXPECT_EQ(error.code(), Code::unavailable);
  EXPECT_EQ(error.where(), "w.lua:5");
  EXPECT_EQ(error.message(), "gate \"p.g\": ctx.new:scalar: the server is gone");
}

TEST(GateFunction, InstanceIsUsableAfterAnError) {
  FakeContext context;
  context.answers["q"] = "1";
  const auto calls = make_script_calls(files_with("return ctx.new:scalar 'q' == 1"), "w.lua", {})->make();
  EXPECT_TRUE(calls->check_gate(FunctionRef{"p.g#check"}, context).holds);
  context.answers.clear();
  EXPECT_THROW(calls->check_gate(FunctionRef{"p.g#check"}, context), Error);
  context.answers["q"] = "2";
  EXPECT_FALSE(calls->check_gate(FunctionRef{"p.g#check"}, context).holds);
  EXPECT_THROW(calls->check_gate(FunctionRef{"p.other#check"}, context), Error);
}

TEST(GateFunction, MemoryIsCapped) {
  EXPECT_THAT(fault_of("local s = 'x' while true do s = s .. s end").message(), HasSubstr("more memory"));
}

}  // namespace
}  // namespace sluice::script
