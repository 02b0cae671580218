#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sluice::run {

/// What a run needs to be taken up by another process: the bundle and how it was called. Kept beside the journal. Holds no
/// secret: secrets are looked up anew.
struct RunRecord {
  std::string workflow_path;                 ///< where the workflow was loaded from
  std::string main_file;
  std::map<std::string, std::string> files;  ///< the bundle
  std::vector<std::pair<std::string, std::string>> params;       ///< --param
  std::vector<std::pair<std::string, std::string>> params_file;  ///< of --params
  std::string params_file_name;
  std::string environment;                   ///< --env
  std::vector<std::string> plugin_directories;
  std::map<std::string, std::string> disposables;  ///< store to directory of its throw-away server
  bool keep_disposables = false;
  bool keep_ledger = false;
};

/// Written atomically, 0600.
void write_record(const std::string& path, const RunRecord& record);
/// Throws Error(data) where the file is not one.
RunRecord read_record(const std::string& path);

}  // namespace sluice::run
