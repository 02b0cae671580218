#include "journal/state_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "base/system_error.hpp"

namespace sluice::journal {
namespace {

namespace fs = std::filesystem;

constexpr int kIdAttempts = 100;
constexpr std::string_view kHexDigits = "0123456789abcdef";

bool is_run_id(const std::string& name) {
  return name.size() > 2 && name.compare(0, 2, "r-") == 0 && name.find_first_not_of(kHexDigits, 2) == std::string::npos;
}

std::string created_path(const std::string& folder) { return folder + "/created"; }

void make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0) throw error_from_errno(errno, path + ": cannot create the directory");
}

/// Microseconds since 1970; only their order counts.
int64_t read_created(const std::string& folder) {
  try {
    return std::stoll(read_file(created_path(folder)));
  } catch (const std::exception&) {
    return 0;
  }
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// A run's folder under a name that nobody reads, gone again unless published.
class NewRun {
 public:
  explicit NewRun(const std::string& runs_path) : path_(runs_path + "/.new-" + random_hex(8)) {
    make_folder(path_);
    make_folder(path_ + "/inbox");
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const int64_t now_us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    write_file_atomically(created_path(path_), std::to_string(now_us) + "\n");
  }
  ~NewRun() {
    std::error_code ignored;
    if (!is_published_) fs::remove_all(path_, ignored);
  }
  NewRun(const NewRun&) = delete;
  NewRun& operator=(const NewRun&) = delete;

  /// False when a run of that name is there: a folder with something in it is never replaced by a rename.
  bool publish(const std::string& path) {
    is_published_ = std::rename(path_.c_str(), path.c_str()) == 0;
    if (!is_published_ && errno != ENOTEMPTY && errno != EEXIST)
      throw error_from_errno(errno, path + ": cannot create the run");
    return is_published_;
  }

 private:
  std::string path_;
  bool is_published_ = false;
};

}  // namespace

std::string StateDirectory::create_run() {
  prepare();
  NewRun run(runs_path());
  for (int attempt = 0; attempt < kIdAttempts; ++attempt) {
    const std::string id = "r-" + random_hex(3);
    if (!run.publish(run_path(id))) continue;
    sync_directory(runs_path());
    return id;
  }
  throw Error(Code::already_exists, runs_path() + ": no free run id found", "remove folders of old runs");
}

/// The state is nothing to commit to a repository: it says so itself.
void StateDirectory::prepare() const {
  make_private_directory(runs_path());
  const std::string ignore = path_ + "/.gitignore";
  if (!fs::exists(ignore)) write_file_atomically(ignore, "*\n");
}

std::vector<std::string> StateDirectory::runs() const {
  std::vector<std::pair<int64_t, std::string>> found;
  std::error_code error;
  for (fs::directory_iterator entry(runs_path(), error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (is_run_id(name)) found.emplace_back(read_created(entry->path().string()), name);
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw error_from_errno(error.value(), runs_path() + ": cannot list the runs");
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> ids;
  ids.reserve(found.size());
  for (auto& entry : found) ids.push_back(std::move(entry.second));
  return ids;
}

std::string StateDirectory::find_run(const std::string& text) const {
  const std::vector<std::string> all = runs();
  std::vector<std::string> fitting;
  for (const std::string& id : all) {
    if (id == text) return id;
    if (!text.empty() && (id.rfind(text, 0) == 0 || id.rfind("r-" + text, 0) == 0)) fitting.push_back(id);
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.size() > 1) {
    throw Error(Code::invalid_argument, "run " + text + ": several runs begin so: " + joined(fitting),
                "write more of its id");
  }
  if (all.empty())
    throw Error(Code::not_found, path_ + ": no run " + text + ", there are no runs", "name the place with --state");
  const std::vector<std::string> newest(all.end() - std::min<ptrdiff_t>(5, ptrdiff_t(all.size())), all.end());
  throw Error(Code::not_found, path_ + ": no run " + text + "; the newest are " + joined(newest),
              "`sluice runs` lists all");
}

std::string StateDirectory::run_path(const std::string& id) const { return runs_path() + "/" + id; }

}  // namespace sluice::journal
