#pragma once

#include "cli/options.hpp"

/// One function per command; each answers the exit code and throws Error for what main prints. One file per command.
namespace sluice::cli {

int check_command(const Options& options);
int plan_command(const Options& options);
int run_command(const Options& options);
int resume_command(const Options& options);
int pause_command(const Options& options);
int rollback_command(const Options& options);
int status_command(const Options& options);
int runs_command(const Options& options);
int report_command(const Options& options);
int copy_command(const Options& options);
int diff_command(const Options& options);
int inspect_command(const Options& options);
int plugins_command(const Options& options);
int words_command(const Options& options);
int types_command(const Options& options);
int try_command(const Options& options);

}  // namespace sluice::cli
