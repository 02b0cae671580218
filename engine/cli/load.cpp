#include "cli/load.hpp"

#include <filesystem>
#include <sstream>

#include "base/error.hpp"
#include "base/file.hpp"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;

std::pair<std::string, std::string> split_param(const std::string& text, const std::string& where) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(Code::invalid_argument, where + ": \"" + text + "\" is not NAME=VALUE", "write it as " + (text.empty() ? "name" : text) + "=VALUE");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::vector<std::pair<std::string, std::string>> read_params_file(const std::string& path) {
  std::vector<std::pair<std::string, std::string>> params;
  std::istringstream lines(read_file(path));
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    params.push_back(split_param(line, path + ":" + std::to_string(number)));
  }
  return params;
}

script::ParamSources param_sources(const Options& options) {
  script::ParamSources params;
  for (const std::string& text : options.params) params.given.push_back(split_param(text, "--param"));
  if (!options.params_file.empty()) params.file = read_params_file(options.params_file);
  params.file_name = options.params_file;
  params.environment = options.environment;
  return params;
}

std::string workflow_file(const std::string& path) {
  fs::path file = path;
  if (fs::is_directory(file)) file /= "workflow.lua";
  if (!fs::exists(file)) {
    throw Error(Code::invalid_argument, "there is no workflow at " + path, "give a .lua file, or a folder with a workflow.lua");
  }
  return fs::absolute(file).lexically_normal().string();
}

}  // namespace

Loaded load_from(const Options& options) {
  Loaded loaded;
  loaded.params = param_sources(options);
  loaded.path = workflow_file(options.workflow);
  loaded.workflow = script::load_workflow(loaded.path, loaded.params);
  return loaded;
}

script::ParamSources params_of(const run::RunRecord& record) {
  script::ParamSources params;
  params.given = record.params;
  params.file = record.params_file;
  params.file_name = record.params_file_name;
  params.environment = record.environment;
  return params;
}

Loaded load_from(const run::RunRecord& record) {
  Loaded loaded;
  loaded.params = params_of(record);
  loaded.path = record.workflow_path;
  loaded.workflow = script::load_bundle(record.files, record.main_file, loaded.params);
  return loaded;
}

Loaded reload(const run::RunRecord& record) {
  if (record.workflow_path.empty()) return load_from(record);
  Loaded loaded;
  loaded.params = params_of(record);
  loaded.path = record.workflow_path;
  loaded.workflow = script::load_workflow(record.workflow_path, loaded.params);
  return loaded;
}

run::RunRecord record_of(const Loaded& loaded, const Options& options) {
  run::RunRecord record;
  record.workflow_path = loaded.path;
  record.main_file = loaded.workflow.main_file;
  record.files = loaded.workflow.files;
  record.params = loaded.params.given;
  record.params_file = loaded.params.file;
  record.params_file_name = loaded.params.file_name;
  record.environment = loaded.params.environment;
  record.plugin_directories = options.plugin_directories;
  record.keep_disposables = options.keeps;
  record.keep_ledger = options.keeps_ledger;
  return record;
}

store::PluginSearch plugin_search(const std::vector<std::string>& directories) { return store::PluginSearch(directories); }

std::unique_ptr<store::Store> open_for_reading(const store::PluginSearch& search, const std::string& name, const std::string& text,
                                               const std::string& schema) {
  const store::StoreUrl url = store::store_url_from_text(text);
  const store::Manifest manifest = search.find_scheme(url.scheme);
  store::Options options = {{"url", url.url}};
  for (const auto& option : manifest.options) {
    if (option.name == "access") options.emplace_back("access", "read");
    if (option.name == "schema" && !schema.empty()) options.emplace_back("schema", schema);
  }
  return std::make_unique<store::Store>(store::Plugin::load(manifest), name, options);
}

std::string state_path(const Options& options) {
  return fs::absolute(options.state.empty() ? ".sluice" : options.state).lexically_normal().string();
}

}  // namespace sluice::cli
