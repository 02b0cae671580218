#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/load.hpp"

namespace sluice::cli {
namespace {

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ", ") + item;
  return text;
}

void print_plugin(const store::Manifest& manifest) {
  std::printf("%s %s  (%s)  URLs: %s:\n  %s\n", manifest.name.c_str(), manifest.version.c_str(), joined(manifest.roles).c_str(),
              joined(manifest.schemes).c_str(), manifest.path.c_str());
  for (const auto& option : manifest.options) {
    std::printf("  %-18s %s%s\n", option.name.c_str(), option.help.c_str(), option.required ? " (required)" : "");
  }
}

}  // namespace

int plugins_command(const Options& options) {
  const store::PluginSearch search = plugin_search(options.plugin_directories);
  const auto manifests = search.manifests();
  if (options.is_json) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& manifest : manifests) {
      list.push_back({{"name", manifest.name}, {"version", manifest.version}, {"roles", manifest.roles}, {"schemes", manifest.schemes}, {"path", manifest.path}});
    }
    std::printf("%s\n", nlohmann::json{{"plugins", list}, {"tried", search.tried()}}.dump().c_str());
    return 0;
  }
  for (const auto& manifest : manifests) print_plugin(manifest);
  if (manifests.empty()) std::printf("no plugins found\n");
  std::printf("looked in:\n");
  for (const std::string& line : search.tried()) std::printf("  %s\n", line.c_str());
  return 0;
}

}  // namespace sluice::cli
