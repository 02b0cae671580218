#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "store/manifest_file.hpp"
#include "store/plugin.hpp"

namespace sluice::store {

namespace {

namespace fs = std::filesystem;

/// A path that was looked at: a manifest, or why it is none.
struct Tried {
  std::string path;
  std::optional<Manifest> manifest;
  std::string problem;
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void append_list(std::vector<std::string>& directories, const std::string& list) {
  for (size_t from = 0; from < list.size();) {
    const size_t to = std::min(list.find(':', from), list.size());
    if (to > from) directories.push_back(list.substr(from, to - from));
    from = to + 1;
  }
}

void append_user_directory(std::vector<std::string>& directories) {
  const std::string data = environment("XDG_DATA_HOME");
  const std::string home = environment("HOME");
  if (!data.empty()) {
    directories.push_back(data + "/sluice/plugins");
  } else if (!home.empty()) {
    directories.push_back(home + "/.local/share/sluice/plugins");
  }
}

void append_binary_directories(std::vector<std::string>& directories) {
  std::error_code error;
  const fs::path binary = fs::read_symlink("/proc/self/exe", error);
  if (error) return;
  const fs::path folder = binary.parent_path();
  directories.push_back((folder.parent_path() / "lib/sluice/plugins").string());
  directories.push_back((folder / "plugins").string());
}

Tried try_manifest(const std::string& path) {
  try {
    return {path, read_manifest(path), {}};
  } catch (const Error& error) {
    return {path, std::nullopt, error.message()};
  }
}

std::vector<Tried> try_directory(const std::string& directory) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".json") files.push_back(entry->path().string());
  }
  if (error) {
    const bool missing = error == std::errc::no_such_file_or_directory;
    return {{directory, std::nullopt, missing ? "no such directory" : error.message()}};
  }
  if (files.empty()) return {{directory, std::nullopt, "holds no manifest (*.json)"}};
  std::sort(files.begin(), files.end());
  std::vector<Tried> tried;
  for (const std::string& file : files) tried.push_back(try_manifest(file));
  return tried;
}

std::vector<Tried> try_all(const std::vector<std::string>& directories) {
  std::vector<Tried> all;
  for (const std::string& directory : directories) {
    for (Tried& tried : try_directory(directory)) all.push_back(std::move(tried));
  }
  return all;
}

std::string describe(const Tried& tried) {
  if (!tried.manifest) return tried.path + ": " + tried.problem;
  std::string schemes;
  for (const std::string& scheme : tried.manifest->schemes) schemes += (schemes.empty() ? "" : ", ") + scheme;
  return tried.path + ": plugin " + tried.manifest->name + " for " + schemes;
}

[[noreturn]] void fail_not_found(const std::string& what, const std::vector<Tried>& tried, const std::string& wanted,
                                 const std::vector<std::string>& known) {
  std::string message = what + " was not found; looked at:";
  for (const Tried& one : tried) message += "\n  " + describe(one);
  const std::string close = did_you_mean(wanted, known);
  throw Error(Code::not_found, message,
              close.empty() ? "name its directory with --plugin-dir or SLUICE_PLUGIN_PATH" : close);
}

}  // namespace

PluginSearch::PluginSearch(std::vector<std::string> directories) : directories_(std::move(directories)) {
  append_list(directories_, environment("SLUICE_PLUGIN_PATH"));
  append_user_directory(directories_);
  append_binary_directories(directories_);
}

std::vector<Manifest> PluginSearch::manifests() const {
  std::vector<Manifest> found;
  for (Tried& tried : try_all(directories_)) {
    if (!tried.manifest) continue;
    const bool is_shadowed = std::any_of(found.begin(), found.end(),
                                         [&](const Manifest& earlier) { return earlier.name == tried.manifest->name; });
    if (!is_shadowed) found.push_back(std::move(*tried.manifest));
  }
  std::sort(found.begin(), found.end(), [](const Manifest& a, const Manifest& b) { return a.name < b.name; });
  return found;
}

Manifest PluginSearch::find(const std::string& name) const {
  std::vector<Tried> all = try_all(directories_);
  std::vector<std::string> known;
  for (const Tried& tried : all) {
    if (!tried.manifest) continue;
    if (tried.manifest->name == name) return *tried.manifest;
    known.push_back(tried.manifest->name);
  }
  fail_not_found("plugin '" + name + "'", all, name, known);
}

Manifest PluginSearch::find_scheme(const std::string& scheme) const {
  std::vector<Tried> all = try_all(directories_);
  std::vector<std::string> known;
  for (const Tried& tried : all) {
    if (!tried.manifest) continue;
    const std::vector<std::string>& schemes = tried.manifest->schemes;
    if (std::find(schemes.begin(), schemes.end(), scheme) != schemes.end()) return *tried.manifest;
    known.insert(known.end(), schemes.begin(), schemes.end());
  }
  fail_not_found("a plugin for '" + scheme + ":' stores", all, scheme, known);
}

std::vector<std::string> PluginSearch::tried() const {
  std::vector<std::string> lines;
  for (const Tried& tried : try_all(directories_)) lines.push_back(describe(tried));
  return lines;
}

}  // namespace sluice::store
