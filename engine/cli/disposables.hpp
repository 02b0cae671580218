#pragma once

#include <map>
#include <string>
#include <vector>

#include "disposable/postgres_server.hpp"
#include "workflow/workflow.hpp"

namespace sluice::cli {

/// The throw-away servers that stand in for stores of a run.
class Disposables {
 public:
  /// Starts one per named store. Throws Error naming an unknown store or a plugin that has no throw-away server.
  static Disposables start(const workflow::Workflow& workflow, const std::vector<std::string>& stores, bool is_kept);
  /// Those of an earlier process of the run: started again where they don't run.
  static Disposables attach(const std::map<std::string, std::string>& directories);

  /// Store to URL.
  std::map<std::string, std::string> urls() const;
  std::map<std::string, std::string> directories() const;
  /// From now on they outlive this process, until remove().
  void own_by(const std::string& state, const std::string& run);
  void remove();
  /// For people: where each of them is, how to look into it and how to end it. "" where there is none.
  std::string how_to_use() const;

 private:
  std::map<std::string, disposable::PostgresServer> servers_;
};

/// Ends what killed engines left, but for servers of runs that can still be resumed.
void sweep_disposables();

}  // namespace sluice::cli
