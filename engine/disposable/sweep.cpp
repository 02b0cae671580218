#include "disposable/sweep.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <system_error>

#include "base/error.hpp"
#include "disposable/postgres_cluster.hpp"
#include "disposable/private_directory.hpp"

namespace sluice::disposable {
namespace {

namespace fs = std::filesystem;

bool is_our_directory(const fs::path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
}

bool is_abandoned(const Mark& mark, const std::function<bool(const Mark&)>& is_owned) {
  return !mark.keep && !is_alive(mark.owner) && !(mark.run && is_owned(mark));
}

void end_and_remove(const std::string& path) {
  PrivateDirectory directory = PrivateDirectory::open(path);
  if (directory.mark().kind == "postgres") {
    const PostgresCluster cluster(path);
    if (auto server = cluster.find_server()) cluster.end_server(*server, SIGQUIT);
  }
  directory.remove();
}

}  // namespace

SweepResult sweep(const std::string& parent, const std::function<bool(const Mark&)>& is_owned) {
  SweepResult result;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(parent.empty() ? default_parent() : parent, unreadable)) {
    const std::string path = entry.path().string();
    if (entry.path().filename().string().rfind("sluice-", 0) != 0 || !is_our_directory(entry.path())) continue;
    try {
      const auto mark = read_mark(path);
      if (!mark || !is_abandoned(*mark, is_owned)) continue;
      end_and_remove(path);
      result.removed.push_back(path);
    } catch (const Error& error) {
      // Someone else holds it by now: it isn't abandoned.
      if (error.code() != Code::conflict) result.problems.push_back(path + ": " + error.what());
    }
  }
  return result;
}

}  // namespace sluice::disposable
