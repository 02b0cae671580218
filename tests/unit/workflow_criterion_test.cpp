#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "workflow/criterion.hpp"

namespace sluice::workflow {
namespace {

using testing::HasSubstr;

const std::map<std::string, MetricSpec>& specs() {
  static const std::map<std::string, MetricSpec> all = {
      {"proof.missing", {.name = "missing", .unit = "rows", .per_table = true}},
      {"proof.rows", {.name = "rows", .unit = "rows", .per_table = true, .higher_is_worse = false}},
      {"proof.discrepancy", {.name = "discrepancy", .unit = "%", .per_table = true}},
      {"proof.completeness", {.name = "completeness", .unit = "%", .per_table = true, .higher_is_worse = false}},
      {"copy.rows.seconds", {.name = "seconds", .unit = "s", .exact = false}},
      {"app.p95", {.name = "p95", .unit = "ms", .exact = false}},
      {"app.base", {.name = "base", .unit = "ms", .exact = false}},
      {"rows.rate", {.name = "rate", .unit = "rows/s", .exact = false, .higher_is_worse = false}},
      {"rows.bytes", {.name = "bytes", .unit = "bytes"}},
      {"keys.indexes", {.name = "indexes"}},
      {"exec.exit_code", {.name = "exit_code"}},
  };
  return all;
}

std::optional<MetricRef> resolve(const std::string& name, std::vector<std::string>& known) {
  const auto found = specs().find(name);
  if (found != specs().end()) return MetricRef{&found->second, name};
  for (const auto& [other, spec] : specs()) known.push_back(other);
  return std::nullopt;
}

MetricValue ratio(int64_t numerator, int64_t denominator) {
  return {.numerator = numerator, .denominator = denominator};
}
MetricValue count(int64_t number) { return {.numerator = number}; }
MetricValue measured(double number) { return {.is_exact = false, .number = number}; }
Metric whole(const MetricValue& value) { return {.value = value}; }
Metric tables(std::map<std::string, MetricValue> values) { return {.tables = std::move(values)}; }

CriterionResult evaluate(const std::string& text, const Metrics& metrics) {
  return Criterion(text, resolve).evaluate(metrics);
}

std::string fault_of(const std::string& text) {
  try {
    Criterion(text, resolve);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::invalid_argument);
    return error.message();
  }
  return "no error";
}

Metrics sample_metrics() {
  return {
      {"proof.missing", tables({{"orders", count(2)}, {"lines", count(1)}, {"odd name", count(7)}})},
      {"proof.rows", tables({{"orders", count(1000)}, {"lines", count(10)}})},
      {"proof.discrepancy", tables({{"orders", ratio(1, 1000)}, {"lines", ratio(0, 10)}})},
      {"proof.completeness", tables({{"orders", ratio(998, 1000)}, {"lines", ratio(10, 10)}, {"empty", ratio(0, 0)}})},
      {"copy.rows.seconds", whole(measured(90.5))},
      {"app.p95", whole(measured(80))},
      {"app.base", whole(measured(50))},
      {"rows.rate", whole(measured(1234.5))},
      {"rows.bytes", whole(count(64 * 1024 * 1024))},
      {"keys.indexes", whole(count(3))},
      {"exec.exit_code", whole(count(-1))},
  };
}

struct Case {
  const char* text;
  Measurement result;
};

class Criteria : public testing::TestWithParam<Case> {};

TEST_P(Criteria, EvaluateAsWritten) {
  const CriterionResult result = evaluate(GetParam().text, sample_metrics());
  EXPECT_EQ(result.result, GetParam().result) << GetParam().text << ": " << result.message;
}

constexpr Measurement kPass = Measurement::pass;
constexpr Measurement kFail = Measurement::fail;
constexpr Measurement kNoData = Measurement::no_data;
constexpr Measurement kError = Measurement::error;

INSTANTIATE_TEST_SUITE_P(Comparisons, Criteria,
                         testing::Values(Case{"keys.indexes == 3", kPass}, Case{"keys.indexes != 3", kFail},
                                         Case{"keys.indexes ~= 4", kPass}, Case{"keys.indexes > 3", kFail},
                                         Case{"keys.indexes >= 3", kPass}, Case{"keys.indexes <= 2", kFail},
                                         Case{"keys.indexes < 3.5", kPass}, Case{"3 == keys.indexes", kPass},
                                         Case{"exec.exit_code == -1", kPass}, Case{"exec.exit_code < 0", kPass},
                                         Case{"-exec.exit_code == 1", kPass}));

INSTANTIATE_TEST_SUITE_P(
    Units, Criteria,
    testing::Values(Case{"copy.rows.seconds < 2m", kPass}, Case{"copy.rows.seconds < 1.5m", kFail},
                    Case{"copy.rows.seconds > 90500ms", kFail}, Case{"copy.rows.seconds >= 90500ms", kPass},
                    Case{"copy.rows.seconds < 1h", kPass}, Case{"copy.rows.seconds < 1d", kPass},
                    Case{"app.p95 <= 0.08s", kPass}, Case{"app.p95 < 80ms", kFail},
                    Case{"app.p95 < copy.rows.seconds", kPass}, Case{"rows.bytes == 64MiB", kPass},
                    Case{"rows.bytes > 67MB", kPass}, Case{"rows.bytes < 1 GB", kPass},
                    Case{"rows.bytes == 65536 KiB", kPass}, Case{"rows.rate > 1000/s", kPass},
                    Case{"rows.rate > 1000rows/s", kPass}, Case{"rows.rate > 1000 rows/s", kPass},
                    Case{"rows.bytes / copy.rows.seconds > 700 KB/s", kPass},
                    Case{"total(proof.rows) / copy.rows.seconds > 11/s", kPass}, Case{"proof.missing < 10 rows", kPass},
                    Case{"app.p95 <= 1.6 * app.base", kPass}, Case{"app.p95 / app.base <= 1.6x", kPass},
                    Case{"app.p95 / app.base < 159%", kFail}));

INSTANTIATE_TEST_SUITE_P(
    Tables, Criteria,
    testing::Values(Case{"proof.missing == 7", kPass}, Case{"worst(proof.missing) == 7", kPass},
                    Case{"total(proof.missing) == 10", kPass}, Case{"proof.missing[orders] == 2", kPass},
                    Case{"proof.missing[odd name] == 7", kPass}, Case{"proof.missing[oders] == 2", kError},
                    Case{"proof.rows == 10", kPass}, Case{"proof.completeness >= 99.8%", kPass},
                    Case{"proof.completeness > 99.8%", kFail}, Case{"proof.completeness[empty] > 0%", kNoData},
                    Case{"total(proof.completeness) == 1008 * 100% / 1010", kPass},
                    Case{"proof.discrepancy <= 0.1%", kPass}, Case{"proof.discrepancy < 0.1%", kFail},
                    Case{"proof.discrepancy < 0.11 %", kPass}, Case{"proof.discrepancy < 1pp", kPass},
                    Case{"proof.discrepancy == 0", kFail}, Case{"proof.discrepancy[lines] == 0", kPass},
                    Case{"proof.missing[orders] + proof.missing[lines] == 3", kPass},
                    Case{"proof.missing < 1% * proof.rows * 71", kPass}));

INSTANTIATE_TEST_SUITE_P(
    Logic, Criteria,
    testing::Values(Case{"keys.indexes == 3 and app.p95 < 1s", kPass}, Case{"keys.indexes == 4 or app.p95 < 1s", kPass},
                    Case{"not keys.indexes == 4", kPass}, Case{"not (keys.indexes == 3 and app.p95 < 1s)", kFail},
                    Case{"keys.indexes == 4 or keys.indexes == 3 and app.p95 > 1s", kFail},
                    Case{"(keys.indexes == 3 or keys.indexes == 4) and app.p95 < 1s", kPass},
                    Case{"keys.indexes * 2 + 1 == 7", kPass}, Case{"2 + keys.indexes * 2 == 8", kPass},
                    Case{"(2 + keys.indexes) * 2 == 10", kPass}, Case{"keys.indexes - 1 - 1 == 1", kPass},
                    Case{"12 / 2 / keys.indexes == 2", kPass}));

INSTANTIATE_TEST_SUITE_P(MissingData, Criteria,
                         testing::Values(Case{"keys.indexes / (exec.exit_code + 1) > 0", kNoData},
                                         Case{"proof.completeness[empty] > 0% and keys.indexes == 3", kNoData},
                                         Case{"proof.completeness[empty] > 0% and keys.indexes == 4", kFail},
                                         Case{"proof.completeness[empty] > 0% or keys.indexes == 3", kPass},
                                         Case{"not proof.completeness[empty] > 0%", kNoData},
                                         Case{"proof.missing[nope] > 0 or proof.completeness[empty] > 0%", kError}));

TEST(Criterion, NamesTheMetricsThatItReads) {
  const Criterion criterion("(app.p95 < 2 * app.base or not worst(proof.missing) == 0) and app.p95 > 1ms", resolve);
  EXPECT_EQ(criterion.metrics(), (std::vector<std::string>{"app.base", "app.p95", "proof.missing"}));
}

TEST(Criterion, NothingMeasuredIsNeverAPass) {
  EXPECT_EQ(evaluate("keys.indexes >= 0", {}).result, Measurement::no_data);
  EXPECT_EQ(evaluate("proof.missing == 0", {{"proof.missing", {}}}).result, Measurement::no_data);
  EXPECT_EQ(evaluate("total(proof.missing) == 0", {{"proof.missing", {}}}).result, Measurement::no_data);
  EXPECT_EQ(evaluate("app.p95 < 1s", {{"app.p95", whole(measured(std::nan("")))}}).result, Measurement::no_data);
  EXPECT_THAT(evaluate("keys.indexes >= 0", {}).message, HasSubstr("keys.indexes has no data"));
}

TEST(Criterion, DatabaseOfEmptyTablesHasNoCompleteness) {
  const Metrics metrics = {{"proof.completeness", tables({{"a", ratio(0, 0)}, {"b", ratio(0, 0)}})}};
  EXPECT_EQ(evaluate("proof.completeness >= 99%", metrics).result, Measurement::no_data);
  EXPECT_EQ(evaluate("total(proof.completeness) >= 99%", metrics).result, Measurement::no_data);
}

TEST(Criterion, TableThatWasNotMeasuredIsNotPassedOver) {
  Metrics metrics = {{"proof.discrepancy", tables({{"a", ratio(0, 5)}, {"b", measured(std::nan(""))}})}};
  EXPECT_EQ(evaluate("proof.discrepancy < 1%", metrics).result, Measurement::no_data);
}

TEST(Criterion, PercentagesOfCountsAreComparedAsIntegers) {
  // 1/10 has no exact double; neither has 0.3. As doubles 3 * 0.1 != 0.3.
  const Metrics metrics = {{"proof.discrepancy", tables({{"a", ratio(3, 10)}})}};
  EXPECT_EQ(evaluate("proof.discrepancy == 30%", metrics).result, Measurement::pass);
  EXPECT_EQ(evaluate("proof.discrepancy == 3 * 10%", metrics).result, Measurement::pass);
  EXPECT_EQ(evaluate("proof.discrepancy > 30%", metrics).result, Measurement::fail);
}

TEST(Criterion, OneRowInTenQuintillionIsSeen) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  const Metrics metrics = {{"proof.completeness", tables({{"a", ratio(most - 1, most)}})}};
  EXPECT_EQ(evaluate("proof.completeness >= 100%", metrics).result, Measurement::fail);
  EXPECT_EQ(evaluate("proof.completeness == 100%", metrics).result, Measurement::fail);
  EXPECT_EQ(evaluate("proof.completeness < 100%", metrics).result, Measurement::pass);
}

TEST(Criterion, NumbersTooLargeToCalculateWithAreAnErrorNotAVerdict) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  const Metrics metrics = {{"keys.indexes", whole(count(most))}};
  const CriterionResult result = evaluate("keys.indexes * keys.indexes * keys.indexes > 0", metrics);
  EXPECT_EQ(result.result, Measurement::error);
  EXPECT_THAT(result.message, HasSubstr("too large"));
}

TEST(Criterion, ReportsBothSidesWithTheirValues) {
  const CriterionResult result = evaluate("proof.discrepancy < 0.1% and app.p95 <= 2 * app.base", sample_metrics());
  ASSERT_EQ(result.comparisons.size(), 2U);
  EXPECT_EQ(result.comparisons[0].text, "proof.discrepancy < 0.1%");
  EXPECT_EQ(result.comparisons[0].left, "proof.discrepancy[orders] = 0.1%");
  EXPECT_EQ(result.comparisons[0].right, "0.1%");
  EXPECT_EQ(result.comparisons[0].result, Measurement::fail);
  EXPECT_EQ(result.comparisons[1].left, "app.p95 = 80 ms");
  EXPECT_EQ(result.comparisons[1].right, "2 * app.base = 0.1 s");
  EXPECT_EQ(result.comparisons[1].result, Measurement::pass);
}

TEST(Criterion, NamesTheNearestTableWhereThereIsNone) {
  EXPECT_THAT(evaluate("proof.missing[oders] == 0", sample_metrics()).message, HasSubstr("did you mean orders?"));
}

struct Fault {
  const char* text;
  const char* message;
};

class CriterionFaults : public testing::TestWithParam<Fault> {};

TEST_P(CriterionFaults, AreNamedWithACaret) { EXPECT_EQ(fault_of(GetParam().text), GetParam().message); }

INSTANTIATE_TEST_SUITE_P(
    All, CriterionFaults,
    testing::Values(
        Fault{"", "the criterion is empty; write for example proof.missing == 0"},
        Fault{"   ", "the criterion is empty; write for example proof.missing == 0"},
        Fault{"proof.mising == 0",
              "unknown metric \"proof.mising\"; did you mean proof.missing?\n    proof.mising == 0\n    ^^^^^^^^^^^^"},
        Fault{"proof.missing",
              "this is a number, a criterion is a comparison; write for example ... == 0\n    proof.missing\n    "
              "^^^^^^^^^^^^^"},
        Fault{"proof.missing = 0", "= does not compare; write ==\n    proof.missing = 0\n                  ^"},
        Fault{"proof.missing == ",
              "the criterion ends here, expected a metric or a number\n    proof.missing == \n                     ^"},
        Fault{"1 < 2", "the criterion reads no metric, so it measures nothing\n    1 < 2\n    ^^^^^"},
        Fault{"0 < keys.indexes < 5",
              "comparisons don't chain; join them with and\n    0 < keys.indexes < 5\n                     ^"},
        Fault{"keys.indexes == 3 keys.indexes",
              "expected and, or, an operator or the end, found \"keys.indexes\"\n    keys.indexes == 3 keys.indexes\n  "
              "                    ^^^^^^^^^^^^"},
        Fault{"proof.discrepancy < 0.1",
              "units don't match: a percentage < a number without unit; write the number's unit, such as 0.1%, 80ms, "
              "64MiB, 100rows/s\n    proof.discrepancy < 0.1\n    ^^^^^^^^^^^^^^^^^^^^^^^"},
        Fault{"app.p95 < 80",
              "units don't match: a time < a number without unit; write the number's unit, such as 0.1%, 80ms, 64MiB, "
              "100rows/s\n    app.p95 < 80\n    ^^^^^^^^^^^^"},
        Fault{"proof.missing < 1%",
              "units don't match: a count < a percentage\n    proof.missing < 1%\n    ^^^^^^^^^^^^^^^^^^"},
        Fault{"app.p95 + proof.missing > 0",
              "units don't match: a time + a count\n    app.p95 + proof.missing > 0\n    ^^^^^^^^^^^^^^^^^^^^^^^"},
        Fault{"app.p95 < 80mss", "unknown unit \"mss\"; did you mean ms?\n    app.p95 < 80mss\n              ^^^^^"},
        Fault{"app.p95[orders] < 80ms",
              "\"app.p95\" is one number, not one per table\n    app.p95[orders] < 80ms\n           ^^^^^^^^"},
        Fault{"proof.missing[] == 0", "[] names no table\n    proof.missing[] == 0\n                 ^^"},
        Fault{"proof.missing[orders == 0", "[ is never closed\n    proof.missing[orders == 0\n                 ^"},
        Fault{"total(app.p95) < 80ms",
              "\"app.p95\" is one number, not one per table; leave total away\n    total(app.p95) < 80ms\n          "
              "^^^^^^^"},
        Fault{"totl(proof.missing) == 0",
              "unknown function \"totl\"; did you mean total?\n    totl(proof.missing) == 0\n    ^^^^"},
        Fault{"slope(app.p95, 4h) > 0",
              "unknown function \"slope\"; known: worst, total\n    slope(app.p95, 4h) > 0\n    ^^^^^"},
        Fault{"app.p95 < 80ms for 1m", "\"for\" is not known here\n    app.p95 < 80ms for 1m\n                   ^^^"},
        Fault{"total(proof.missing == 0",
              "total takes one metric and is closed by )\n    total(proof.missing == 0\n                        ^^"},
        Fault{"total(proof.missing)[orders] == 0",
              "a table can't be chosen behind total(...)\n    total(proof.missing)[orders] == 0\n                      "
              "  ^^^^^^^^"},
        Fault{"(keys.indexes == 3", "( is never closed\n    (keys.indexes == 3\n    ^"},
        Fault{"keys.indexes and app.p95 < 1s",
              "\"and\" joins comparisons, this is a number\n    keys.indexes and app.p95 < 1s\n    ^^^^^^^^^^^^"},
        Fault{"not keys.indexes",
              "\"not\" stands before a comparison, this is a number\n    not keys.indexes\n        ^^^^^^^^^^^^"},
        Fault{"(keys.indexes == 3) + 1 > 0",
              "expected a number, found a comparison\n    (keys.indexes == 3) + 1 > 0\n    ^^^^^^^^^^^^^^^^^^^"},
        Fault{"keys.indexes / 0 > 1", "division by zero\n    keys.indexes / 0 > 1\n                   ^"},
        Fault{"keys.indexes == $3",
              "unexpected character in a criterion\n    keys.indexes == $3\n                    ^"},
        Fault{"keys.indexes == 1234567890123456789",
              "the number has more than 17 digits\n    keys.indexes == 1234567890123456789\n                    "
              "^^^^^^^^^^^^^^^^^^^"},
        Fault{"and keys.indexes == 3",
              "expected a metric or a number before \"and\"\n    and keys.indexes == 3\n    ^^^"}));

TEST(Criterion, NestingHasALimit) {
  EXPECT_THAT(fault_of(std::string(1000, '(') + "keys.indexes == 3" + std::string(1000, ')')),
              HasSubstr("nests too deep"));
  EXPECT_THAT(fault_of(std::string(1000, '-') + "keys.indexes == 3"), HasSubstr("nests too deep"));
  EXPECT_THAT(fault_of("keys.indexes == " + std::string(5000, '1')), HasSubstr("longer than 4096"));
}

TEST(Criterion, CaretCountsCharactersNotBytes) {
  EXPECT_THAT(fault_of("proof.missing[Käse] = 0"),
              HasSubstr("\n    proof.missing[Käse] = 0\n                        ^"));
}

}  // namespace
}  // namespace sluice::workflow
