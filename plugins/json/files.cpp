#include "files.hpp"

#include <fnmatch.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>

#include "base/error.hpp"
#include "base/system_error.hpp"

namespace sluice::json {

namespace {

namespace fs = std::filesystem;

/// Without .gz, which tells nothing of what is inside.
fs::path without_gz(const fs::path& path) {
  return path.extension() == ".gz" ? path.parent_path() / path.stem() : path;
}

/// The stem, without the pattern's stars and the marks around them: "trades-*.json" is "trades".
std::string table_of(const fs::path& path) {
  std::string name;
  for (const char c : without_gz(path).stem().string()) name += c == '*' || c == '?' ? "" : std::string(1, c);
  constexpr const char* kMarks = "-_. ";
  const size_t first = name.find_first_not_of(kMarks);
  if (first == std::string::npos) name.clear();
  if (!name.empty() && is_pattern(path.string())) name = name.substr(first, name.find_last_not_of(kMarks) - first + 1);
  if (name.empty()) name = fs::absolute(path).parent_path().filename().string();
  return name.empty() ? "records" : name;
}

struct stat stat_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    throw error_from_errno(errno, path + ": can't be read as JSON").with_hint("check the path");
  }
  return status;
}

std::vector<std::string> names_in(const std::string& directory, const std::string& pattern) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator at(directory, code), end; !code && at != end; at.increment(code)) {
    const std::string name = at->path().filename().string();
    const bool is_meant = pattern.empty() ? is_json_name(name) && name[0] != '.'
                                          : ::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0;
    if (is_meant && at->is_regular_file(code)) names.push_back((fs::path(directory) / name).string());
  }
  if (code) throw error_from_errno(code.value(), directory + ": its files can't be listed");
  std::sort(names.begin(), names.end());
  return names;
}

std::string directory_of(const std::string& path) {
  const std::string directory = fs::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

void check_distinct(const std::vector<SourceFile>& files) {
  std::map<std::string, std::string> seen;
  for (const SourceFile& file : files) {
    const auto [other, is_new] = seen.emplace(file.table, file.path);
    if (is_new) continue;
    throw Error(Code::invalid_argument, other->second + " and " + file.path + " would both be table " + file.table,
                "rename one of them, or name the file itself");
  }
}

}  // namespace

bool is_pattern(const std::string& path) { return path.find('*') != std::string::npos; }

bool is_json_name(const std::string& path) {
  constexpr std::array<std::string_view, 3> kExtensions = {".json", ".jsonl", ".ndjson"};
  const std::string extension = without_gz(path).extension().string();
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

FileState state_from_stat(const struct stat& status) {
  constexpr int64_t kNanoseconds = 1000000000;
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

std::vector<SourceFile> find_files(const Settings& settings) {
  const std::string& path = settings.path;
  std::vector<std::string> names = {path};
  bool is_directory = false;
  if (is_pattern(path)) {
    names = names_in(directory_of(path), fs::path(path).filename().string());
  } else if (S_ISDIR(stat_of(path).st_mode)) {
    is_directory = true;
    names = names_in(path, "");
  }
  if (names.empty() && !(is_directory && settings.access == Access::write)) {
    throw Error(Code::not_found,
                path + ": there is no " + (is_directory ? ".json, .jsonl or .ndjson file in it" : "such file"),
                "check the path");
  }
  std::vector<SourceFile> files;
  for (const std::string& name : names) {
    const struct stat status = stat_of(name);
    if (!S_ISREG(status.st_mode)) {
      throw Error(Code::invalid_argument, name + ": expected a file of JSON, found something else",
                  "name the file itself");
    }
    const std::string table = settings.table.empty() ? table_of(is_directory ? name : path) : settings.table;
    files.push_back({name, state_from_stat(status), static_cast<int64_t>(files.size()) * kFileSpan, table, {}});
  }
  if (is_directory && settings.shape != Shape::tables) check_distinct(files);
  return files;
}

void add_piece(std::vector<SourceFile>& files, const std::string& path, const std::string& table, Piece piece) {
  files.push_back({path, state_from_stat(stat_of(path)), static_cast<int64_t>(files.size()) * kFileSpan, table, piece});
}

std::string id_of_path(const std::string& path) {
  const bool has_pattern = is_pattern(path);
  const std::string real = has_pattern ? directory_of(path) : path;
  struct statvfs system {};
  const struct stat status = stat_of(real);
  if (::statvfs(real.c_str(), &system) != 0) throw error_from_errno(errno, real);
  // A device's number may change at a reboot; the file system's own id does not.
  return "json:" + std::to_string(system.f_fsid) + ":" + std::to_string(status.st_ino) +
         (has_pattern ? ":" + fs::path(path).filename().string() : "");
}

}  // namespace sluice::json
