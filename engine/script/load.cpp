#include "script/load.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/utf8.hpp"
#include "script/script.hpp"

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

}  // namespace

workflow::Workflow load_workflow(const std::string& path, const ParamSources& params) {
  const fs::path file(path);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!fs::exists(fs::status(file)))
    throw Error(Code::not_found, "workflow " + path + ": no such file", "give the path of a Lua file");
  Script script([folder](const std::string& name) { return read_source(folder / name); }, params, Limits{});
  return script.load(file.filename().string());
}

workflow::Workflow load_bundle(const std::map<std::string, std::string>& files, const std::string& main_file,
                               const ParamSources& params) {
  const auto read = [&files](const std::string& name) -> std::optional<std::string> {
    const auto found = files.find(name);
    if (found == files.end()) return std::nullopt;
    return found->second;
  };
  Script script(read, params, Limits{});
  return script.load(main_file);
}

}  // namespace sluice::script
