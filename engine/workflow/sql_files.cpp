#include "workflow/sql_files.hpp"

#include <sstream>

#include "base/error.hpp"

namespace sluice::workflow {
namespace {

/// The longest that every store's ledger takes as a name.
constexpr size_t kLongestPath = 200;

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream in(path);
  for (std::string part; std::getline(in, part, '/');) {
    if (part != ".") parts.push_back(part);
  }
  return parts;
}

void check_pattern(const std::string& pattern) {
  const std::vector<std::string> parts = split_path(pattern);
  bool leaves = pattern.empty() || pattern.front() == '/';
  for (const std::string& part : parts) leaves = leaves || part == ".." || part.empty();
  if (leaves) {
    throw Error(Code::invalid_argument,
                "sql.files: \"" + pattern + "\": expected a path below the workflow's folder, such as \"migrations/*.sql\"");
  }
}

void add_files(Workflow& workflow, const Action& action, const FileSource& source) {
  if (action.word != "sql.files") return;
  const std::string& pattern = find_field(action.fields, "files")->as_text();
  try {
    check_pattern(pattern);
    const std::vector<std::string> paths = source.find(pattern);
    if (paths.empty()) {
      throw Error(Code::invalid_argument, "sql.files: no file below the workflow's folder matches \"" + pattern + "\"",
                  "* stays inside one folder; look at the path and at the ending");
    }
    for (const std::string& path : paths) {
      if (path.size() > kLongestPath)
        throw Error(Code::invalid_argument, path + ": the path has more than " + std::to_string(kLongestPath) + " bytes");
      workflow.files[path] = source.read(path);
    }
  } catch (const Error& error) {
    throw error.where().empty() ? error.with_where(to_text(action.where)) : error;
  }
}

}  // namespace

bool matches_path(const std::string& pattern, const std::string& path) {
  const std::vector<std::string> wanted = split_path(pattern);
  const std::vector<std::string> parts = split_path(path);
  if (wanted.size() != parts.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].front() == '.' && wanted[i].front() != '.') return false;
    if (!catalog::matches_glob(wanted[i], parts[i])) return false;
  }
  return true;
}

std::vector<std::string> matching_files(const std::map<std::string, std::string>& files, const std::string& pattern) {
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : files) {
    if (matches_path(pattern, path)) paths.push_back(path);
  }
  return paths;
}

void add_sql_files(Workflow& workflow, const FileSource& source) {
  for (const Node* node : nodes_in_order(workflow)) {
    if (node->action) add_files(workflow, *node->action, source);
    if (node->undo) add_files(workflow, *node->undo, source);
  }
}

}  // namespace sluice::workflow
