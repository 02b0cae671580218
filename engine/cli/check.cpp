#include <cstdio>

#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "plan/make_plan.hpp"

namespace sluice::cli {

int check_command(const Options& options) {
  const Loaded loaded = load_from(options);
  const auto nodes = plan::make_graph(loaded.workflow);
  size_t steps = 0;
  size_t gates = 0;
  for (const auto& node : nodes) {
    steps += node.kind == workflow::NodeKind::step;
    gates += node.kind == workflow::NodeKind::gate;
  }
  const std::string hash = plan::bundle_hash(loaded.workflow);
  if (options.is_json) {
    std::printf("{\"workflow\":\"%s\",\"phases\":%zu,\"steps\":%zu,\"gates\":%zu,\"bundle_hash\":\"%s\"}\n", loaded.workflow.name.c_str(),
                loaded.workflow.phases.size(), steps, gates, hash.c_str());
  } else if (!options.is_quiet) {
    std::printf("%s: %zu phases, %zu steps, %zu gates; no mistakes found\n", loaded.workflow.name.c_str(), loaded.workflow.phases.size(),
                steps, gates);
  }
  return 0;
}

}  // namespace sluice::cli
