#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <unordered_map>
#include <utility>

#include "journal/journal.hpp"
#include "report/summary.hpp"

namespace sluice::report {

/// Applies events to a summary, one by one in the journal's order. Throws nlohmann's exception or Error(data) for an
/// event that cannot be read. Kinds that it does not know are passed over: a later sluice may write more.
class Fold {
 public:
  void apply(const journal::Event& event);
  RunSummary take() { return std::move(summary_); }

 private:
  using Json = nlohmann::json;

  void start_run(const Json& data);
  void resume_run();
  void adopt_plan(const Json& data);
  void end_run(const Json& data);
  void set_nodes(const Json& nodes);
  void begin_process(const Json& data);
  void apply_to_node(const journal::Event& event, const Json& data);
  void start_node(NodeSummary& node, const journal::Event& event);
  void apply_to_rollback(const journal::Event& event, const Json& data);
  void mark_rolled_back(const std::vector<std::string>& paths);
  NodeSummary* node(const std::string& path);
  UndoneNode& undone(Rollback& rollback, const std::string& path);

  RunSummary summary_;
  std::unordered_map<std::string, std::pair<size_t, size_t>> places_;  // path to phase and node
};

RunStatus run_status_from_text(const std::string& text);

}  // namespace sluice::report
