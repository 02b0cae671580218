#pragma once

#include <memory>
#include <string>

#include "cli/options.hpp"
#include "run/run_record.hpp"
#include "script/load.hpp"
#include "store/plugin.hpp"
#include "store/session.hpp"
#include "workflow/workflow.hpp"

namespace sluice::cli {

/// A workflow with what it was loaded from, so that a run can keep it.
struct Loaded {
  workflow::Workflow workflow;
  script::ParamSources params;
  std::string path;  ///< the file, absolute; "" for a generated workflow
};

/// From the command line: reads --param, --params, --env. A folder stands for its workflow.lua.
Loaded load_from(const Options& options);
/// The bundle that a run keeps.
Loaded load_from(const run::RunRecord& record);
/// What the run's workflow is on disk now; the kept bundle where it was generated.
Loaded reload(const run::RunRecord& record);

run::RunRecord record_of(const Loaded& loaded, const Options& options);
script::ParamSources params_of(const run::RunRecord& record);

store::PluginSearch plugin_search(const std::vector<std::string>& directories);
/// A store named on the command line, by URL or env:VARIABLE, that is only looked at. `name` is for messages, `schema` may be "".
std::unique_ptr<store::Store> open_for_reading(const store::PluginSearch& search, const std::string& name, const std::string& text,
                                               const std::string& schema);
/// Absolute, from --state.
std::string state_path(const Options& options);

}  // namespace sluice::cli
