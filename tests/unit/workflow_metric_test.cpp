#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "workflow/metric.hpp"

namespace sluice::workflow {
namespace {

MetricValue ratio(int64_t numerator, int64_t denominator) {
  return {.numerator = numerator, .denominator = denominator};
}
MetricValue measured(double number) { return {.is_exact = false, .number = number}; }

TEST(MetricText, CountsAreGroupedAndCarryTheirUnit) {
  EXPECT_EQ(to_text(ratio(0, 1), ""), "0");
  EXPECT_EQ(to_text(ratio(1203, 1), "rows"), "1,203 rows");
  EXPECT_EQ(to_text(ratio(-1234567, 1), ""), "-1,234,567");
  EXPECT_EQ(to_text(ratio(std::numeric_limits<int64_t>::max(), 1), "rows"), "9,223,372,036,854,775,807 rows");
}

TEST(MetricText, PercentagesNeverReadAllOrNothingWhenTheyAreNot) {
  EXPECT_EQ(to_text(ratio(1, 8), "%"), "12.5%");
  EXPECT_EQ(to_text(ratio(1, 1), "%"), "100%");
  EXPECT_EQ(to_text(ratio(0, 5), "%"), "0%");
  EXPECT_EQ(to_text(ratio(1, 3), "%"), "33.3333%");
  EXPECT_EQ(to_text(ratio(1999999, 2000000), "%"), "99.9999%");
  EXPECT_EQ(to_text(ratio(1, 2000000), "%"), "0.00005%");
  EXPECT_EQ(to_text(ratio(1, std::numeric_limits<int64_t>::max()), "%"), "nearly 0%");
}

TEST(MetricText, MeasuredNumbersAreRounded) {
  EXPECT_EQ(to_text(measured(12.345), "s"), "12.3 s");
  EXPECT_EQ(to_text(measured(1234567.8), "rows/s"), "1,234,568 rows/s");
  EXPECT_EQ(to_text(measured(0.00012), "s"), "0.00012 s");
  EXPECT_EQ(to_text(measured(0.125), "%"), "12.5%");
}

TEST(MetricText, MissingDataIsSaid) {
  EXPECT_EQ(to_text(ratio(0, 0), "%"), "no data");
  EXPECT_EQ(to_text(measured(std::nan("")), "ms"), "no data");
}

TEST(MetricJson, ReadsBackWhatWasWritten) {
  Metrics metrics;
  metrics["copy.proof.missing"] = {.unit = "rows", .tables = {{"orders", ratio(3, 1)}, {"Käse \"x\"", ratio(0, 0)}}};
  metrics["copy.rows.rate"] = {.unit = "rows/s", .value = measured(0.1)};
  metrics["copy.rows.odd"] = {.unit = "s", .value = measured(std::nan(""))};
  metrics["copy.rows.endless"] = {.unit = "s", .value = measured(-HUGE_VAL)};
  metrics["copy.rows.large"] = {.unit = "", .value = ratio(std::numeric_limits<int64_t>::max(), 1)};
  metrics["copy.rows.none"] = {.unit = ""};
  const std::string json = metrics_to_json(metrics);
  const Metrics read = metrics_from_json(json);
  EXPECT_EQ(metrics_to_json(read), json);
  EXPECT_EQ(read.at("copy.proof.missing").tables.at("orders").numerator, 3);
  EXPECT_FALSE(read.at("copy.proof.missing").tables.at("Käse \"x\"").has_data());
  EXPECT_EQ(read.at("copy.rows.rate").value->number, 0.1);
  EXPECT_FALSE(read.at("copy.rows.odd").value->has_data());
  EXPECT_EQ(read.at("copy.rows.endless").value->number, -HUGE_VAL);
  EXPECT_EQ(read.at("copy.rows.large").value->numerator, std::numeric_limits<int64_t>::max());
  EXPECT_FALSE(read.at("copy.rows.none").value.has_value());
}

TEST(MetricJson, BrokenTextIsADataError) {
  for (const char* text : {"", "{", "[1]", "{\"a\": 5}", "{\"a\": {\"unit\": 5}}"}) {
    try {
      metrics_from_json(text);
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::data) << text;
    }
  }
}

}  // namespace
}  // namespace sluice::workflow
