#include "figures.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

namespace sluice::bench {
namespace {

constexpr double kMebibyte = 1024.0 * 1024.0;

template <typename Field>
double median_of(const std::vector<Outcome>& outcomes, Field field) {
  std::vector<double> values;
  for (const auto& outcome : outcomes) values.push_back(outcome.*field);
  return median(std::move(values));
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double Series::copy_seconds() const { return median_of(outcomes, &Outcome::copy_seconds); }

double Series::whole_seconds() const { return median_of(outcomes, &Outcome::whole_seconds); }

double Series::rows_per_second() const {
  return outcomes.empty() ? 0 : static_cast<double>(outcomes.front().rows) / copy_seconds();
}

std::int64_t Series::peak_memory() const {
  std::int64_t peak = 0;
  for (const auto& outcome : outcomes) peak = std::max(peak, outcome.peak_memory);
  return peak;
}

nlohmann::json series_json(const Series& series) {
  nlohmann::json json = {{"copy_seconds", series.copy_seconds()},
                         {"whole_seconds", series.whole_seconds()},
                         {"rows_per_second", series.rows_per_second()},
                         {"peak_rss_anon_bytes", series.peak_memory()},
                         {"runs", nlohmann::json::array()}};
  for (const auto& outcome : series.outcomes) {
    json["runs"].push_back({{"copy_seconds", outcome.copy_seconds},
                            {"whole_seconds", outcome.whole_seconds},
                            {"rows", outcome.rows},
                            {"peak_rss_anon_bytes", outcome.peak_memory}});
  }
  return json;
}

nlohmann::json ratios_json(const std::vector<Ratio>& ratios) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& ratio : ratios) {
    json[ratio.name] = {{"value", ratio.value},
                        {"aim", ratio.aim},
                        {"larger_is_better", ratio.larger_is_better},
                        {"met", ratio.is_met()}};
  }
  return json;
}

void print_series(const std::vector<Series>& all) {
  std::printf("%-28s %10s %10s %12s %12s\n", "medians", "copying s", "whole s", "rows/s", "RssAnon MiB");
  for (const auto& series : all) {
    std::printf("%-28s %10.2f %10.2f %12.0f %12.1f\n", series.name.c_str(), series.copy_seconds(),
                series.whole_seconds(), series.rows_per_second(),
                static_cast<double>(series.peak_memory()) / kMebibyte);
  }
}

void print_ratios(const std::vector<Ratio>& ratios) {
  for (const auto& ratio : ratios) {
    std::printf("%-60s %10.3f  aim %s %g: %s\n", ratio.name.c_str(), ratio.value,
                ratio.larger_is_better ? ">=" : "<=", ratio.aim, ratio.is_met() ? "met" : "NOT MET");
  }
}

}  // namespace sluice::bench
