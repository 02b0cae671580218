#include <algorithm>
#include <set>

#include "base/units.hpp"
#include "report/advice.hpp"
#include "report/layout.hpp"
#include "report/text.hpp"
#include "workflow/words.hpp"

namespace sluice::report {
namespace {

constexpr const char* kDetail = "      ";
constexpr size_t kMostRetries = 10;

std::string unit_of(const NodeSummary& node, const std::string& metric, const std::string& journalled) {
  if (!journalled.empty()) return journalled;
  const workflow::Word* word = workflow::find_word(node.word);
  const workflow::MetricSpec* spec = word ? word->find_metric(metric) : nullptr;
  return spec ? spec->unit : "";
}

/// In a column whose title is the metric's name, only what changes the meaning of the number needs its unit.
std::string cell_text(const NodeSummary& node, const std::string& name, const workflow::Metric& metric,
                      const std::string& table) {
  const auto found = metric.tables.find(table);
  if (found == metric.tables.end()) return "";
  return workflow::to_text(found->second, unit_of(node, name, metric.unit) == "%" ? "%" : "");
}

/// Tables as rows; work done and metrics as columns. A metric "rows" comes from the ledger and so counts the work of
/// killed processes as well: it stands for the journal's own count.
std::string tables_text(const NodeSummary& node) {
  std::set<std::string> names;
  for (const auto& [name, progress] : node.tables) names.insert(name);
  std::vector<Table::Column> columns = {{"table"}};
  const bool has_ledger_rows = node.metrics.count("rows") > 0 && !node.metrics.at("rows").tables.empty();
  // A proof reads rows and moves none: its metrics say more.
  const bool has_work = node.bytes > 0 || (node.rows > 0 && has_ledger_rows);
  if (has_work)
    columns.insert(columns.end(),
                   {{"rows", Table::Align::right}, {"bytes", Table::Align::right}, {"time", Table::Align::right}});
  std::vector<std::string> metrics;
  for (const auto& [name, metric] : node.metrics) {
    for (const auto& [table, value] : metric.tables) names.insert(table);
    if (metric.tables.empty() || (has_work && name == "rows")) continue;
    metrics.push_back(name);
    columns.push_back({name, Table::Align::right});
  }
  if (columns.size() == 1) return "";
  Table table(columns);
  for (const std::string& name : names) {
    const auto found = node.tables.find(name);
    const TableProgress progress = found == node.tables.end() ? TableProgress{} : found->second;
    std::vector<std::string> cells = {name};
    if (has_work) {
      const std::string rows =
          has_ledger_rows ? cell_text(node, "rows", node.metrics.at("rows"), name) : count_to_text(progress.rows);
      cells.insert(cells.end(), {rows, size_to_text(progress.bytes), seconds_text(progress.seconds)});
    }
    for (const std::string& metric : metrics) cells.push_back(cell_text(node, metric, node.metrics.at(metric), name));
    table.add(std::move(cells));
  }
  return table.text(kDetail);
}

std::string metrics_text(const NodeSummary& node) {
  std::string text;
  for (const auto& [name, metric] : node.metrics) {
    // The node's own line says how long it took.
    if (!metric.value || name == "seconds") continue;
    const std::string unit = unit_of(node, name, metric.unit);
    text += (text.empty() ? "" : ", ") + name + " " + workflow::to_text(*metric.value, unit == name ? "" : unit);
  }
  return text.empty() ? "" : kDetail + shown(text) + "\n";
}

std::string tasks_text(const NodeSummary& node) {
  const bool is_plain = node.tasks_total <= 1 && node.tasks_found_done == 0;
  if (is_plain || node.tasks_total == 0) return "";
  std::string text =
      kDetail + count_to_text(node.tasks_done) + " of " + count_of(node.tasks_total, "task", "tasks") + " done";
  if (node.tasks_found_done > 0) {
    text += ", " + count_to_text(node.tasks_found_done) + " of them found in the target's ledger";
  }
  return text + "\n";
}

std::string retries_text(const NodeSummary& node) {
  std::string text;
  for (size_t i = 0; i < std::min(node.retried.size(), kMostRetries); ++i) {
    const RetriedTask& retried = node.retried[i];
    const std::string task = retried.task.empty() ? "" : shown(retried.task) + " ";
    text += kDetail + std::string("tried ") + task + "again " + seconds_text(double(retried.wait_ms) / 1000) +
            " after attempt " + std::to_string(retried.attempt) + ": " + shown(to_text(retried.failure)) + "\n";
  }
  if (node.retried.size() > kMostRetries) {
    text += kDetail + std::string("and ") +
            count_of(int64_t(node.retried.size() - kMostRetries), "more retry", "more retries") + "\n";
  }
  return text;
}

std::string row_text(const RowDifference& row) {
  std::string text = std::string(kDetail) + "  " + shown(row.kind) + " " + shown(row.key);
  if (row.times != 1) text += " (" + count_to_text(row.times) + " times)";
  text += "\n";
  for (const CellDifference& cell : row.cells) {
    text += std::string(kDetail) + "    " + shown(cell.column) + ": source " + shown(cell.source) + ", target " +
            shown(cell.target) + "\n";
  }
  return text;
}

/// Nothing of rows in it: schema.check compares definitions.
bool is_of_definitions(const TableDifference& table) {
  return table.rows.empty() && table.source_rows + table.target_rows + table.missing + table.extra + table.changed + table.duplicated == 0;
}

std::string difference_text(const TableDifference& table) {
  if (is_of_definitions(table)) {
    std::string text = kDetail + shown(table.table) + " differs (" + shown(table.verdict) + ")\n";
    for (const std::string& note : table.notes) text += std::string(kDetail) + "  " + shown(note) + "\n";
    return text;
  }
  std::string text = kDetail + shown(table.table) + " differs (" + shown(table.verdict) +
                     "): " + count_of(table.source_rows, "row", "rows") + " in the source, " +
                     count_to_text(table.target_rows) + " in the target; " + count_to_text(table.missing) +
                     " missing, " + count_to_text(table.extra) + " extra, " + count_to_text(table.changed) +
                     " changed, " + count_to_text(table.duplicated) + " duplicated\n";
  int64_t listed = 0;
  for (const RowDifference& row : table.rows) {
    text += row_text(row);
    listed += row.times;
  }
  const int64_t rest = table.missing + table.extra + table.changed + table.duplicated - listed;
  if (!table.rows.empty() && rest > 0)
    text += std::string(kDetail) + "  and " + count_of(rest, "more row", "more rows") + "\n";
  for (const std::string& note : table.notes) text += std::string(kDetail) + "  note: " + shown(note) + "\n";
  return text;
}

std::string evidence_text(const RunSummary& summary, const NodeSummary& gate) {
  std::string text;
  for (const NodeSummary* step : find_evidence(summary, gate)) {
    std::string tables;
    for (const TableDifference& table : step->differences) tables += (tables.empty() ? "" : ", ") + table.table;
    text += kDetail + std::string("the rows are listed at ") + shown(step->path) + ": " + shown(tables) + "\n";
  }
  return text;
}

std::string gate_text(const RunSummary& summary, const NodeSummary& node) {
  if (!node.gate) return "";
  const GateMeasurement& gate = *node.gate;
  std::string text;
  if (gate.criterion != node.criterion) text += kDetail + std::string("criterion ") + shown(gate.criterion) + "\n";
  Table comparisons({{""}, {""}, {""}});
  for (const Comparison& comparison : gate.comparisons) {
    comparisons.add({comparison.text + ":", comparison.left + " against " + comparison.right, comparison.result});
  }
  text += comparisons.text(kDetail);
  text += kDetail + std::string("result ") + shown(gate.result) +
          (gate.message.empty() ? "" : ": " + shown(gate.message)) + "\n";
  for (const TableDifference& table : node.differences) text += difference_text(table);
  if (gate.result != "PASS" && node.differences.empty()) text += evidence_text(summary, node);
  return text;
}

std::string state_text(const NodeSummary& node) {
  if (node.state == NodeState::failed) return node.is_rolled_back ? "FAILED, rolled back" : "FAILED";
  return node.effect_stays ? "effect stays" : to_text(node.state);
}

/// "passed  step rows: copy.tables, 1m2s: 2,000,000 rows in 6 tables".
std::string node_line(const NodeSummary& node, size_t state_width) {
  const std::string name = node.path.substr(node.path.find('.') + 1);
  std::string state = state_text(node);
  state.resize(std::max(state.size(), state_width), ' ');
  std::string text = "  " + state + "  " + shown(node.kind) + " " + shown(name) + ": " +
                     shown(node.kind == "gate" ? (node.criterion.empty() ? "a function" : node.criterion) : node.word);
  if (node.ended_us != 0) text += ", " + seconds_text(node.seconds);
  if (node.attempts > 1) text += ", started " + std::to_string(node.attempts) + " times";
  if (!node.summary.empty()) text += ": " + shown(node.summary);
  if (!node.title.empty()) text += " (" + shown(node.title) + ")";
  return text + "\n";
}

std::string node_text(const RunSummary& summary, const NodeSummary& node, size_t state_width) {
  std::string text = node_line(node, state_width);
  if (node.kind == "gate") {
    text += gate_text(summary, node);
  } else {
    text += tasks_text(node) + metrics_text(node) + tables_text(node) + retries_text(node);
    for (const TableDifference& table : node.differences) text += difference_text(table);
  }
  if (node.failure && node.kind != "gate")
    text += kDetail + std::string("error: ") + shown(to_text(*node.failure)) + "\n";
  return text;
}

}  // namespace

std::string phase_text(const RunSummary& summary, const PhaseSummary& phase) {
  std::string text = "Phase " + shown(phase.name) + ": " + to_text(phase.state);
  if (phase.seconds > 0) text += ", " + seconds_text(phase.seconds);
  if (!phase.title.empty()) text += " (" + shown(phase.title) + ")";
  text += "\n";
  size_t state_width = 0;
  for (const NodeSummary& node : phase.nodes) state_width = std::max(state_width, state_text(node).size());
  for (const NodeSummary& node : phase.nodes) text += node_text(summary, node, state_width);
  return text;
}

}  // namespace sluice::report
