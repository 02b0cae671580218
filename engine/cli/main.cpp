#include <cstdio>
#include <exception>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.hpp"
#include "base/escape.hpp"
#include "cli/commands.hpp"
#include "run/exit_code.hpp"
#include "run/fences.hpp"

namespace sluice::cli {
namespace {

using run::ExitCode;

ExitCode exit_code_of(const Error& error) {
  if (dynamic_cast<const run::HeldError*>(&error) != nullptr) return ExitCode::held;
  if (error.sqlstate() == "SL001" || error.sqlstate() == "SL002") return ExitCode::held;
  if (error.sqlstate() == "SL003" || error.sqlstate() == "SL004" || error.sqlstate() == "SL005") return ExitCode::changed;
  const bool is_wrong_use = error.code() == Code::invalid_argument || error.code() == Code::not_found || error.code() == Code::unsupported;
  return is_wrong_use ? ExitCode::wrong_use : ExitCode::failed;
}

int print_error(const Options& options, const Error& error) {
  const int code = static_cast<int>(exit_code_of(error));
  if (options.is_json) {
    nlohmann::json json = {{"error", {{"code", to_text(error.code())}, {"message", error.message()}, {"hint", error.hint()}, {"where", error.where()}}},
                           {"exit_code", code}};
    std::printf("%s\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  }
  std::string text = error.where().empty() ? error.message() : error.where() + ": " + error.message();
  if (!error.hint().empty()) text += "\n  " + error.hint();
  std::fprintf(stderr, "sluice: %s\n", escape_terminal_lines(text).c_str());
  return code;
}

int run_main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = read_command_line(argc, argv, &exit_code);
  if (!options) return exit_code;
  const std::map<std::string, int (*)(const Options&)> commands = {
      {"check", check_command},       {"plan", plan_command},     {"run", run_command},   {"resume", resume_command},
      {"rollback", rollback_command}, {"status", status_command}, {"runs", runs_command}, {"report", report_command},
      {"copy", copy_command},         {"diff", diff_command}, {"inspect", inspect_command},     {"plugins", plugins_command}, {"words", words_command},
      {"types", types_command},       {"try", try_command},   {"pause", pause_command}};
  try {
    return commands.at(options->command)(*options);
  } catch (const Error& error) {
    return print_error(*options, error);
  } catch (const std::exception& error) {
    return print_error(*options, Error(Code::internal, error.what(), "this is a fault of sluice; please report it"));
  }
}

}  // namespace
}  // namespace sluice::cli

int main(int argc, char** argv) { return sluice::cli::run_main(argc, argv); }
