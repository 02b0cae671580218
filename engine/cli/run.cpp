#include "cli/commands.hpp"
#include "cli/drive.hpp"

namespace sluice::cli {

int plan_command(const Options& options) { return show_plan(options, load_from(options), plan::secrets_from_environment()); }

int run_command(const Options& options) { return start_run(options, load_from(options), plan::secrets_from_environment()); }

int resume_command(const Options& options) {
  return take_up_run(options, choose_run(state_path(options), options.run_id, false), "");
}

}  // namespace sluice::cli
