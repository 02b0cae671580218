#include "session.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/error.hpp"

namespace sluice::csv {

namespace {

namespace fs = std::filesystem;

std::string find_path(const Settings& settings) {
  std::error_code code;
  const fs::path found = fs::canonical(settings.path, code);
  if (!code) {
    if (::access(found.c_str(), R_OK) != 0) files::refuse_path(found.string(), errno);
    return found.string();
  }
  if (code.value() != ENOENT || settings.access == Access::read) files::refuse_path(settings.path, code.value());
  const fs::path missing = fs::absolute(settings.path).lexically_normal();
  const fs::path path = missing.filename().empty() ? missing.parent_path() : missing;
  if (!fs::is_directory(path.parent_path(), code)) files::refuse_path(path.parent_path().string(), ENOENT);
  return path.string();
}

bool names_directory(const std::string& path) {
  std::error_code code;
  if (fs::exists(path, code)) return fs::is_directory(path, code);
  const std::string extension = fs::path(path).extension().string();
  if (extension != ".csv" && extension != ".tsv") return true;
  throw Error(
      Code::not_found, path + ": there is no such file",
      "a source is a file or a directory of files; a target is a directory, in which each table becomes NAME.csv");
}

}  // namespace

Session::Session(const Settings& settings, files::ContentHashes& hashes)
    : settings_(settings),
      hashes_(hashes),
      path_(find_path(settings)),
      is_directory_(names_directory(path_)),
      home_(path_) {}

std::string Session::id() const {
  std::error_code code;
  return fs::exists(path_, code) ? "csv:" + files::id_of(path_) : "";
}

void Session::require_target(const char* doing) const {
  if (settings_.access == Access::read) {
    throw Error(Code::permission, path_ + ": " + doing + ": the store is open with access = \"read\"");
  }
  if (!is_directory_) {
    throw Error(Code::unsupported, path_ + ": " + doing + ": a target is a directory, found a file",
                "name the directory in which each table becomes NAME.csv");
  }
}

}  // namespace sluice::csv
