#include "disposable/postgres_binaries.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "disposable/child.hpp"

namespace sluice::disposable {
namespace {

namespace fs = std::filesystem;

bool has_server(const fs::path& folder) {
  return ::access((folder / "postgres").c_str(), X_OK) == 0 && ::access((folder / "initdb").c_str(), X_OK) == 0;
}

std::optional<std::string> newest_packaged() {
  std::error_code ignored;
  std::vector<std::pair<double, fs::path>> found;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const double version = std::strtod(entry.path().filename().c_str(), nullptr);
    if (has_server(entry.path() / "bin")) found.emplace_back(version, entry.path() / "bin");
  }
  if (found.empty()) return std::nullopt;
  return std::max_element(found.begin(), found.end())->second.string();
}

std::vector<fs::path> path_folders() {
  std::vector<fs::path> folders;
  const char* path = std::getenv("PATH");
  std::istringstream parts(path != nullptr ? path : "");
  for (std::string folder; std::getline(parts, folder, ':');) {
    if (!folder.empty()) folders.emplace_back(folder);
  }
  return folders;
}

/// pg_config itself is found in PATH.
std::optional<std::string> from_pg_config() {
  for (const auto& folder : path_folders()) {
    const std::string program = folder / "pg_config";
    if (::access(program.c_str(), X_OK) != 0) continue;
    std::string bindir = output_of(program, {"--bindir"});
    bindir.erase(bindir.find_last_not_of('\n') + 1);
    if (has_server(bindir)) return bindir;
  }
  return std::nullopt;
}

}  // namespace

std::string find_postgres_binaries() {
  if (auto folder = newest_packaged()) return *folder;
  if (auto folder = from_pg_config()) return *folder;
  for (const auto& folder : path_folders()) {
    if (has_server(folder)) return folder.string();
  }
  throw Error(Code::not_found,
              "no PostgreSQL server found for a disposable store: looked for initdb and postgres in "
              "/usr/lib/postgresql/*/bin, in the folder pg_config names, and in PATH",
              "install the package postgresql");
}

}  // namespace sluice::disposable
