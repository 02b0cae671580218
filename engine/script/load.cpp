#include "script/load.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/utf8.hpp"
#include "script/script.hpp"
#include "workflow/sql_files.hpp"

namespace sluice::script {
namespace {

namespace fs = std::filesystem;

constexpr uintmax_t kLargestFile = uintmax_t{16} << 20;

/// A Lua source from disk; nullopt where no file is. Throws for what can't be one.
std::optional<std::string> read_source(const fs::path& path) {
  std::error_code fault;
  const fs::file_status status = fs::status(path, fault);
  if (status.type() == fs::file_type::not_found) return std::nullopt;
  if (!fs::is_regular_file(status)) throw Error(Code::invalid_argument, path.string() + " is no file");
  const uintmax_t size = fs::file_size(path, fault);
  if (!fault && size > kLargestFile)
    throw Error(Code::invalid_argument, path.string() + " is larger than 16 MiB, too large for a workflow");
  std::string text = read_file(path.string());
  // Plans, journals and reports quote it.
  if (utf8_valid_prefix(text) != text.size())
    throw Error(Code::invalid_argument, path.string() + " is not valid UTF-8");
  return text;
}

bool has_wildcard(const std::string& text) { return text.find_first_of("*?") != std::string::npos; }

/// Paths below `folder` that a pattern means, relative to it.
std::vector<std::string> find_files(const fs::path& folder, const std::string& pattern) {
  std::vector<fs::path> found = {fs::path()};
  for (const fs::path& part : fs::path(pattern).lexically_normal()) {
    std::vector<fs::path> next;
    for (const fs::path& parent : found) {
      std::error_code fault;
      if (!has_wildcard(part.string())) {
        if (fs::exists(folder / parent / part, fault)) next.push_back(parent / part);
        continue;
      }
      for (const auto& entry : fs::directory_iterator(folder / parent, fault)) {
        if (workflow::matches_path(part.string(), entry.path().filename().string())) next.push_back(parent / entry.path().filename());
      }
    }
    found = std::move(next);
  }
  std::vector<std::string> paths;
  for (const fs::path& path : found) {
    if (fs::is_regular_file(folder / path)) paths.push_back(path.generic_string());
  }
  return paths;
}

}  // namespace

workflow::Workflow load_workflow(const std::string& path, const ParamSources& params) {
  const fs::path file(path);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!fs::exists(fs::status(file)))
    throw Error(Code::not_found, "workflow " + path + ": no such file", "give the path of a Lua file");
  Script script([folder](const std::string& name) { return read_source(folder / name); }, params, Limits{});
  workflow::Workflow workflow = script.load(file.filename().string());
  workflow::add_sql_files(workflow, {[&](const std::string& pattern) { return find_files(folder, pattern); },
                                     [&](const std::string& path) { return read_source(folder / path).value(); }});
  return workflow;
}

workflow::Workflow load_bundle(const std::map<std::string, std::string>& files, const std::string& main_file,
                               const ParamSources& params) {
  const auto read = [&files](const std::string& name) -> std::optional<std::string> {
    const auto found = files.find(name);
    if (found == files.end()) return std::nullopt;
    return found->second;
  };
  Script script(read, params, Limits{});
  workflow::Workflow workflow = script.load(main_file);
  workflow::add_sql_files(workflow, {[&](const std::string& pattern) { return workflow::matching_files(files, pattern); },
                                     [&](const std::string& path) { return files.at(path); }});
  return workflow;
}

}  // namespace sluice::script
