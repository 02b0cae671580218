#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.hpp"
#include "workflow/metric.hpp"

namespace sluice::workflow {
namespace {

using Json = nlohmann::json;

/// Exact: an integer, or [numerator, denominator]. Not exact: {"number": 1.5}, null in it for no data.
Json value_to_json(const MetricValue& value) {
  if (!value.is_exact) {
    const bool is_finite = std::isfinite(value.number);
    if (is_finite) return {{"number", value.number}};
    if (std::isnan(value.number)) return {{"number", nullptr}};
    return {{"number", value.number > 0 ? "infinity" : "-infinity"}};
  }
  if (value.denominator == 1) return value.numerator;
  return Json::array({value.numerator, value.denominator});
}

double number_from_json(const Json& json) {
  if (json.is_null()) return std::nan("");
  if (json.is_string()) return json.get<std::string>() == "infinity" ? HUGE_VAL : -HUGE_VAL;
  return json.get<double>();
}

MetricValue value_from_json(const Json& json) {
  MetricValue value;
  if (json.is_object()) {
    value.is_exact = false;
    value.number = number_from_json(json.at("number"));
  } else if (json.is_array()) {
    value.numerator = json.at(0).get<int64_t>();
    value.denominator = json.at(1).get<int64_t>();
  } else {
    value.numerator = json.get<int64_t>();
  }
  return value;
}

Json metric_to_json(const Metric& metric) {
  Json json = {{"unit", metric.unit}};
  if (metric.value) json["value"] = value_to_json(*metric.value);
  for (const auto& [table, value] : metric.tables) json["tables"][table] = value_to_json(value);
  return json;
}

Metric metric_from_json(const Json& json) {
  Metric metric;
  metric.unit = json.at("unit").get<std::string>();
  if (json.contains("value")) metric.value = value_from_json(json.at("value"));
  if (!json.contains("tables")) return metric;
  for (const auto& [table, value] : json.at("tables").items()) metric.tables[table] = value_from_json(value);
  return metric;
}

Error unreadable(const Json::exception& error) {
  return Error(Code::data, std::string("metrics: not the JSON that was written: ") + error.what());
}

}  // namespace

std::string metrics_to_json(const Metrics& metrics) {
  return write_metrics(metrics).dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json write_metrics(const Metrics& metrics) {
  Json json = Json::object();
  for (const auto& [key, metric] : metrics) json[key] = metric_to_json(metric);
  return json;
}

Metrics metrics_from_json(const std::string& text) {
  try {
    return read_metrics(Json::parse(text));
  } catch (const Json::exception& error) {
    throw unreadable(error);
  }
}

Metrics read_metrics(const Json& json) {
  try {
    Metrics metrics;
    for (const auto& [key, metric] : json.items()) metrics[key] = metric_from_json(metric);
    return metrics;
  } catch (const Json::exception& error) {
    throw unreadable(error);
  }
}

}  // namespace sluice::workflow
