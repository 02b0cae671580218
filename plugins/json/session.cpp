#include "session.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.hpp"
#include "files/part_writer.hpp"
#include "files/tables.hpp"

namespace sluice::json {

namespace {

namespace fs = std::filesystem;

std::string token_of(const std::vector<SourceFile>& files) {
  nlohmann::json token = nlohmann::json::array();
  for (const SourceFile& file : files) {
    token.push_back({file.path, file.state.device, file.state.inode, file.state.size, file.state.mtime});
  }
  return token.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Whether the path is a directory, or may become one.
bool may_be_directory(const Settings& settings) {
  std::error_code code;
  const fs::file_status status = fs::status(settings.path, code);
  if (fs::exists(status)) return fs::is_directory(status);
  return settings.access == Access::write && status.type() == fs::file_type::not_found && !is_pattern(settings.path) &&
         !is_json_name(settings.path);
}

std::string home_of(const Settings& settings, bool may_be_directory) {
  if (!may_be_directory) return settings.path;
  std::error_code code;
  const fs::path found = fs::canonical(settings.path, code);
  if (!code) return found.string();
  const fs::path missing = fs::absolute(settings.path).lexically_normal();
  const fs::path path = missing.filename().empty() ? missing.parent_path() : missing;
  if (!fs::is_directory(path.parent_path(), code)) files::refuse_path(path.parent_path().string(), ENOENT);
  return path.string();
}

/// Where the rows of a table lie that has no file of its own yet.
Piece piece_of(const files::Segment& segment, const files::Table& table, const WrittenTable& written) {
  if (table.is_published()) return {written.layout, segment.begin};
  return {layout_of_parts(written.layout), segment.begin};
}

}  // namespace

Session::Session(Store& store)
    : store_(store), may_be_directory_(may_be_directory(settings())), home_(home_of(settings(), may_be_directory_)) {
  if (!may_be_directory_ || fs::exists(path())) find_files(settings());
}

std::string Session::id() const { return !may_be_directory_ || fs::exists(path()) ? id_of_path(path()) : ""; }

void Session::require_target(const char* doing) const {
  if (settings().access == Access::read) {
    throw Error(Code::permission, path() + ": " + doing + ": the store is open with access = \"read\"");
  }
  if (!may_be_directory_) {
    throw Error(Code::unsupported, path() + ": " + doing + ": a target is a directory, found a file",
                "name the directory in which each table becomes a file");
  }
}

CheckCancelled Session::checker() {
  return [this] { home_.check_cancelled(); };
}

std::vector<SourceFile> Session::find_now() {
  std::vector<SourceFile> files;
  if (!may_be_directory_ || fs::exists(path())) files = find_files(settings());
  if (may_be_directory_) add_parts(files);
  return files;
}

void Session::add_parts(std::vector<SourceFile>& files) {
  for (const files::Table& table : files::list_tables(home_)) {
    if (table.is_published() && files::identity_of(path() + "/" + table.file) == table.published) continue;
    const WrittenTable written = written_from_description(table.name, table.description);
    for (const files::Segment& segment : files::segments_of(home_, table)) {
      if (segment.size > 0) add_piece(files, segment.path, table.name, piece_of(segment, table, written));
    }
  }
}

std::vector<SourceFile> Session::files() { return joined_ ? *joined_ : find_now(); }

std::vector<WrittenTable> Session::written() {
  std::vector<WrittenTable> written;
  if (!may_be_directory_) return written;
  for (const files::Table& table : files::list_tables(home_)) {
    written.push_back(written_from_description(table.name, table.description));
  }
  return written;
}

std::shared_ptr<const Scan> Session::scan() { return store_.scan(files(), written(), checker()); }

std::string Session::export_snapshot() { return token_of(files()); }

void Session::check_token(const std::string& token, const std::vector<SourceFile>& files) const {
  if (token_of(files) == token) return;
  throw Error(Code::conflict, path() + ": files were written, added or removed since the snapshot was taken",
              "let their writer finish, then begin again");
}

void Session::join_snapshot(const std::string& token) {
  std::vector<SourceFile> files = find_now();
  check_token(token, files);
  joined_ = std::move(files);
}

void Session::confirm_snapshot(const std::string& token) { check_token(token, find_now()); }

std::string Session::describe_state() {
  nlohmann::json state = nlohmann::json::object();
  for (const SourceFile& file : files()) {
    state["file " + fs::canonical(file.path).string()] =
        std::to_string(file.state.size) + " bytes, mtime " + std::to_string(file.state.mtime) + ", inode " +
        std::to_string(file.state.inode) + ", content " + store_.content_hash(file, checker());
  }
  return state.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace sluice::json
