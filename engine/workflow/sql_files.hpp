#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "workflow/workflow.hpp"

/// The SQL files that steps run: part of the workflow's bundle like its Lua files, so that an edited one is seen.
namespace sluice::workflow {

/// A pattern over relative paths: * and ? stay inside one folder's names, and a name that begins with a dot is meant only by a dot.
bool matches_path(const std::string& pattern, const std::string& path);

/// The files of a bundle that a pattern means, in the order of their paths' bytes.
std::vector<std::string> matching_files(const std::map<std::string, std::string>& files, const std::string& pattern);

/// Finds the paths that a pattern means, and reads one.
struct FileSource {
  std::function<std::vector<std::string>(const std::string& pattern)> find;
  std::function<std::string(const std::string& path)> read;
};

/// Adds the files of all sql.files actions (undo included) to the bundle. Throws Error(invalid_argument) with the action's place for
/// a pattern that leaves the workflow's folder or matches nothing.
void add_sql_files(Workflow& workflow, const FileSource& source);

}  // namespace sluice::workflow
