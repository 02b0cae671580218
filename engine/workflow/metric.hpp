#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace sluice::workflow {

/// A number as measured. Exact ones are numerator / denominator as integers (a plain count has denominator 1); a
/// denominator of 0 is NO_DATA.
struct MetricValue {
  bool is_exact = true;
  int64_t numerator = 0;
  int64_t denominator = 1;
  double number = 0;  ///< when not exact; NaN is NO_DATA

  bool has_data() const;
  double as_double() const;
};

/// A metric's value, whole or per table.
struct Metric {
  std::string unit;
  std::optional<MetricValue> value;
  std::map<std::string, MetricValue> tables;
};

/// "PHASE.STEP.metric" to its value. A copyable value.
using Metrics = std::map<std::string, Metric>;

std::string metrics_to_json(const Metrics& metrics);
Metrics metrics_from_json(const std::string& json);
/// The same as parts of a larger JSON.
nlohmann::json write_metrics(const Metrics& metrics);
Metrics read_metrics(const nlohmann::json& json);

/// "0", "12.5%", "1,203 rows".
std::string to_text(const MetricValue& value, const std::string& unit);

}  // namespace sluice::workflow
