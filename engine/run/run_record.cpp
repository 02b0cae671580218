#include "run/run_record.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/file.hpp"

namespace sluice::run {

using nlohmann::json;

void write_record(const std::string& path, const RunRecord& record) {
  json j = {{"workflow_path", record.workflow_path},
            {"main_file", record.main_file},
            {"files", record.files},
            {"params", record.params},
            {"params_file", record.params_file},
            {"params_file_name", record.params_file_name},
            {"environment", record.environment},
            {"plugin_directories", record.plugin_directories},
            {"disposables", record.disposables},
            {"keep_disposables", record.keep_disposables},
            {"keep_ledger", record.keep_ledger}};
  write_file_atomically(path, j.dump());
}

RunRecord read_record(const std::string& path) {
  try {
    json j = json::parse(read_file(path));
    RunRecord record;
    record.workflow_path = j.at("workflow_path");
    record.main_file = j.at("main_file");
    record.files = j.at("files").get<std::map<std::string, std::string>>();
    record.params = j.at("params").get<std::vector<std::pair<std::string, std::string>>>();
    record.params_file = j.at("params_file").get<std::vector<std::pair<std::string, std::string>>>();
    record.params_file_name = j.at("params_file_name");
    record.environment = j.at("environment");
    record.plugin_directories = j.at("plugin_directories").get<std::vector<std::string>>();
    record.disposables = j.at("disposables").get<std::map<std::string, std::string>>();
    record.keep_disposables = j.at("keep_disposables");
    record.keep_ledger = j.at("keep_ledger");
    return record;
  } catch (const json::exception& error) {
    throw Error(Code::data, path + " is not the record of a run: " + error.what());
  }
}

}  // namespace sluice::run
