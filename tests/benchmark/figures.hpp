#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "contenders.hpp"

namespace sluice::bench {

/// The outcomes of one contender, one per repeat.
struct Series {
  std::string name;
  std::vector<Outcome> outcomes;

  double copy_seconds() const;   ///< median
  double whole_seconds() const;  ///< median
  double rows_per_second() const;
  std::int64_t peak_memory() const;  ///< the worst
};

double median(std::vector<double> values);

/// One aim of the project with what was measured.
struct Ratio {
  std::string name;
  double value = 0;
  double aim = 0;
  bool larger_is_better = false;
  bool is_met() const { return larger_is_better ? value >= aim : value <= aim; }
};

nlohmann::json series_json(const Series& series);
nlohmann::json ratios_json(const std::vector<Ratio>& ratios);
void print_series(const std::vector<Series>& all);
void print_ratios(const std::vector<Ratio>& ratios);

}  // namespace sluice::bench
