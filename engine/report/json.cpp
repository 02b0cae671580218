#include "report/json.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/clock.hpp"
#include "report/advice.hpp"

namespace sluice::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

Json time_json(int64_t time_us) {
  if (time_us == 0) return nullptr;
  return calendar_to_text(Clock::Calendar(std::chrono::microseconds(time_us)));
}

Json failure_json(const std::optional<Failure>& failure) {
  if (!failure) return nullptr;
  return {{"code", failure->code}, {"message", failure->message}, {"hint", failure->hint}, {"where", failure->where}};
}

Json gate_json(const std::optional<GateMeasurement>& gate) {
  if (!gate) return nullptr;
  Json comparisons = Json::array();
  for (const Comparison& comparison : gate->comparisons) {
    comparisons.push_back({{"text", comparison.text},
                           {"left", comparison.left},
                           {"right", comparison.right},
                           {"result", comparison.result}});
  }
  return {{"criterion", gate->criterion},
          {"result", gate->result},
          {"message", gate->message},
          {"comparisons", std::move(comparisons)}};
}

Json row_json(const RowDifference& row) {
  Json cells = Json::array();
  for (const CellDifference& cell : row.cells) {
    cells.push_back({{"column", cell.column}, {"source", cell.source}, {"target", cell.target}});
  }
  return {{"kind", row.kind}, {"key", row.key}, {"times", row.times}, {"cells", std::move(cells)}};
}

Json differences_json(const std::vector<TableDifference>& differences) {
  Json list = Json::array();
  for (const TableDifference& table : differences) {
    Json rows = Json::array();
    for (const RowDifference& row : table.rows) rows.push_back(row_json(row));
    list.push_back({{"table", table.table},
                    {"verdict", table.verdict},
                    {"source_rows", table.source_rows},
                    {"target_rows", table.target_rows},
                    {"missing", table.missing},
                    {"extra", table.extra},
                    {"changed", table.changed},
                    {"duplicated", table.duplicated},
                    {"notes", table.notes},
                    {"rows", std::move(rows)}});
  }
  return list;
}

Json tables_json(const std::map<std::string, TableProgress>& tables) {
  Json json = Json::object();
  for (const auto& [name, table] : tables) {
    json[name] = {{"rows", table.rows}, {"bytes", table.bytes}, {"tasks", table.tasks}, {"seconds", table.seconds}};
  }
  return json;
}

Json retried_json(const std::vector<RetriedTask>& retried) {
  Json list = Json::array();
  for (const RetriedTask& task : retried) {
    list.push_back({{"task", task.task},
                    {"attempt", task.attempt},
                    {"wait_ms", task.wait_ms},
                    {"error", failure_json(task.failure)}});
  }
  return list;
}

Json node_json(const NodeSummary& node) {
  return {{"path", node.path},
          {"kind", node.kind},
          {"title", node.title},
          {"action", node.word},
          {"criterion", node.criterion},
          {"where", node.where},
          {"state", to_text(node.state)},
          {"rolled_back", node.is_rolled_back},
          {"effect_stays", node.effect_stays},
          {"generation", node.generation},
          {"attempts", node.attempts},
          {"started", time_json(node.started_us)},
          {"ended", time_json(node.ended_us)},
          {"seconds", node.seconds},
          {"tasks", {{"total", node.tasks_total}, {"done", node.tasks_done}, {"found_done", node.tasks_found_done}}},
          {"rows", node.rows},
          {"bytes", node.bytes},
          {"tables", tables_json(node.tables)},
          {"metrics", Json(workflow::write_metrics(node.metrics))},
          {"summary", node.summary},
          {"verdict", node.verdict},
          {"error", failure_json(node.failure)},
          {"gate", gate_json(node.gate)},
          {"differences", differences_json(node.differences)},
          {"retried", retried_json(node.retried)}};
}

Json phases_json(const std::vector<PhaseSummary>& phases) {
  Json list = Json::array();
  for (const PhaseSummary& phase : phases) {
    Json nodes = Json::array();
    for (const NodeSummary& node : phase.nodes) nodes.push_back(node_json(node));
    list.push_back({{"name", phase.name},
                    {"title", phase.title},
                    {"state", to_text(phase.state)},
                    {"seconds", phase.seconds},
                    {"nodes", std::move(nodes)}});
  }
  return list;
}

Json undone_json(const UndoneNode& node) {
  return {{"path", node.path},       {"seconds", node.seconds}, {"rows", node.rows},
          {"dropped", node.dropped}, {"kept", node.kept},       {"error", failure_json(node.failure)}};
}

Json rollbacks_json(const std::vector<Rollback>& rollbacks) {
  Json list = Json::array();
  for (const Rollback& rollback : rollbacks) {
    Json undone = Json::array();
    for (const UndoneNode& node : rollback.undone) undone.push_back(undone_json(node));
    list.push_back({{"to", rollback.to},
                    {"reason", rollback.reason},
                    {"state", to_text(rollback.state)},
                    {"seconds", rollback.seconds},
                    {"planned", rollback.planned},
                    {"error", failure_json(rollback.failure)},
                    {"undone", std::move(undone)}});
  }
  return list;
}

Json stores_json(const std::vector<StoreSummary>& stores) {
  Json list = Json::array();
  for (const StoreSummary& store : stores) {
    list.push_back({{"name", store.name},
                    {"plugin", store.plugin},
                    {"url", store.url},
                    {"version", store.version},
                    {"target", store.is_target},
                    {"disposable", store.is_disposable}});
  }
  return list;
}

Json notes_json(const std::vector<Note>& notes) {
  Json list = Json::array();
  for (const Note& note : notes)
    list.push_back({{"time", time_json(note.time_us)}, {"node", note.node}, {"text", note.text}});
  return list;
}

}  // namespace

std::string report_json(const RunSummary& summary) {
  Json params = Json::object();
  for (const auto& [name, value] : summary.params) params[name] = value;
  const Json json = {{"schema", kSchema},
                     {"run", summary.run},
                     {"workflow", summary.workflow},
                     {"status", to_text(summary.status)},
                     {"verdict", summary.verdict},
                     {"exit_code", summary.exit_code ? Json(*summary.exit_code) : Json(nullptr)},
                     {"resumable", summary.is_resumable},
                     {"message", summary.message},
                     {"plan_hash", summary.plan_hash},
                     {"host", summary.host},
                     {"pid", summary.pid},
                     {"processes", summary.processes},
                     {"started", time_json(summary.started_us)},
                     {"ended", time_json(summary.ended_us)},
                     {"seconds", summary.seconds},
                     {"params", params},
                     {"stores", stores_json(summary.stores)},
                     {"adopted_changes", summary.adopted_changes},
                     {"phases", phases_json(summary.phases)},
                     {"rollbacks", rollbacks_json(summary.rollbacks)},
                     {"notes", notes_json(summary.notes)},
                     {"next_node", summary.next_node},
                     {"advice", advise(summary)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sluice::report
