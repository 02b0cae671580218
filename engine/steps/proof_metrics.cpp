#include "steps/proof_metrics.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/units.hpp"
#include "steps/transform_names.hpp"

namespace sluice::steps {
namespace {

using nlohmann::json;
using workflow::MetricValue;

json row_to_json(const verify::RowDifference& row) {
  json cells = json::array();
  for (const auto& cell : row.cells) cells.push_back({{"column", cell.column}, {"source", cell.source}, {"target", cell.target}});
  return {{"kind", verify::to_text(row.kind)}, {"key", row.key}, {"cells", cells}, {"times", row.times}};
}

/// completeness = (rows a - missing) / rows a; discrepancy = (missing + extra + changed) / max(1, rows a, rows b).
void add_table(workflow::Metrics& metrics, const json& table) {
  const std::string name = table.at("table");
  auto count = [&](const char* key) { return table.at(key).get<int64_t>(); };
  for (const char* key : {"source_rows", "target_rows", "missing", "extra", "changed", "duplicated", "sampled"}) {
    metrics[key].tables[name] = MetricValue{true, count(key), 1, 0};
  }
  const int64_t differing = count("missing") + count("extra") + count("changed");
  const int64_t rows = std::max({int64_t{1}, count("source_rows"), count("target_rows")});
  metrics["discrepancy"].tables[name] = MetricValue{true, differing, rows, 0};
  // An empty table is complete: there was nothing to miss.
  const int64_t source_rows = count("source_rows");
  metrics["completeness"].tables[name] =
      source_rows == 0 ? MetricValue{true, 1, 1, 0} : MetricValue{true, source_rows - count("missing"), source_rows, 0};
}

}  // namespace

std::string to_detail(const verify::TableDifference& difference, int64_t sampled) {
  json rows = json::array();
  for (const auto& row : difference.rows) rows.push_back(row_to_json(row));
  json table = {{"table", difference.table},
                {"source_rows", difference.source_rows},
                {"target_rows", difference.target_rows},
                {"missing", difference.missing},
                {"extra", difference.extra},
                {"changed", difference.changed},
                {"duplicated", difference.duplicated},
                {"sampled", sampled},
                {"verdict", verify::to_text(difference.verdict)},
                {"notes", difference.notes},
                {"rows", rows}};
  return json{{"difference", table}}.dump();
}

Conclusion conclude_proof(const std::vector<TaskRecord>& records, const catalog::Mapping& mapping) {
  Conclusion conclusion;
  json differences = json::array();
  conclusion.verdict = "MATCH";
  int64_t rows = 0;
  int64_t tables = 0;
  for (const TaskRecord& record : records) {
    json detail = json::parse(record.detail);
    if (!detail.contains("difference")) continue;
    const json& table = detail.at("difference");
    add_table(conclusion.metrics, table);
    ++tables;
    rows += table.at("target_rows").get<int64_t>();
    if (table.at("verdict") != "MATCH") {
      differences.push_back(table);
      if (conclusion.verdict != "INCOMPLETE") conclusion.verdict = table.at("verdict").get<std::string>();
    }
  }
  conclusion.differences = differences.dump();
  const std::string under = under_transforms(mapping);
  conclusion.summary = conclusion.verdict + (under.empty() ? "" : " " + under) + ": " + count_of(rows, "row") + " in " + count_of(static_cast<int64_t>(tables), "table");
  if (!differences.empty()) conclusion.summary += ", " + std::to_string(differences.size()) + " of them differ";
  return conclusion;
}

}  // namespace sluice::steps
