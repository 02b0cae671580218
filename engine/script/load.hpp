#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "workflow/script_calls.hpp"
#include "workflow/workflow.hpp"

namespace sluice::script {

/// Param values given from outside, by precedence: `given` (--param) over `file` (--params) over the environment's over
/// defaults.
struct ParamSources {
  std::vector<std::pair<std::string, std::string>> given;
  std::vector<std::pair<std::string, std::string>> file;
  std::string file_name;
  std::string environment;  ///< --env NAME; "" for none
};

/// Runs a workflow file in the sandbox and returns what it describes. Reads the file and what it `require`s below its folder;
/// has no other effect. Throws Error(invalid_argument) with file:line, the line itself and the nearest word.
workflow::Workflow load_workflow(const std::string& path, const ParamSources& params);

/// The same from a bundle kept with a run (Workflow::files and main_file).
workflow::Workflow load_bundle(const std::map<std::string, std::string>& files, const std::string& main_file,
                               const ParamSources& params);

/// How long a map's function may take over one batch of rows: longer fails the step, and where even that doesn't stop it, `grace`
/// later the process ends, resumable.
struct TransformLimits {
  std::chrono::milliseconds time{60'000};
  std::chrono::milliseconds grace{15'000};
};

/// Instances that find and call the functions of a bundle.
std::unique_ptr<workflow::ScriptCallsFactory> make_script_calls(std::map<std::string, std::string> files, std::string main_file,
                                                                ParamSources params, TransformLimits limits = {});

}  // namespace sluice::script
