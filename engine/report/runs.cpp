#include "report/runs.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "report/layout.hpp"

namespace sluice::report {
namespace {

using Json = nlohmann::ordered_json;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace

std::string targets_of(const RunSummary& summary) {
  std::string text;
  for (const StoreSummary& store : summary.stores) {
    if (store.is_target) text += (text.empty() ? "" : ", ") + store.url;
  }
  return text;
}

std::string runs_text(const std::vector<RunSummary>& runs) {
  if (runs.empty()) return "no runs\n";
  Table table({{"run"}, {"workflow"}, {"status"}, {"started"}, {"verdict"}, {"target"}});
  for (const RunSummary& run : runs) {
    table.add({run.run, or_dash(run.workflow), to_text(run.status), time_text(run.started_us), or_dash(run.verdict),
               or_dash(targets_of(run))});
  }
  return table.text("");
}

std::string runs_json(const std::vector<RunSummary>& runs) {
  Json list = Json::array();
  for (const RunSummary& run : runs) {
    const auto started = Clock::Calendar(std::chrono::microseconds(run.started_us));
    list.push_back({{"run", run.run},
                    {"workflow", run.workflow},
                    {"status", to_text(run.status)},
                    {"started", run.started_us == 0 ? Json(nullptr) : Json(calendar_to_text(started))},
                    {"verdict", run.verdict},
                    {"exit_code", run.exit_code ? Json(*run.exit_code) : Json(nullptr)},
                    {"resumable", run.is_resumable},
                    {"target", targets_of(run)}});
  }
  return Json{{"runs", list}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sluice::report
