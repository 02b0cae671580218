#include "session.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace sluice::json {

namespace {

std::string token_of(const std::vector<SourceFile>& files) {
  nlohmann::json token = nlohmann::json::array();
  for (const SourceFile& file : files) {
    token.push_back({file.path, file.state.device, file.state.inode, file.state.size, file.state.mtime});
  }
  return token.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

CheckCancelled Session::checker() {
  return [this] {
    if (cancelled_.load(std::memory_order_relaxed)) throw Error(Code::cancelled, settings().path + ": cancelled");
  };
}

std::vector<SourceFile> Session::files() const { return joined_ ? *joined_ : find_files(settings()); }

std::string Session::export_snapshot() const { return token_of(files()); }

void Session::check_token(const std::string& token, const std::vector<SourceFile>& files) const {
  if (token_of(files) == token) return;
  throw Error(Code::conflict, settings().path + ": files were written, added or removed since the snapshot was taken",
              "let their writer finish, then begin again");
}

void Session::join_snapshot(const std::string& token) {
  std::vector<SourceFile> files = find_files(settings());
  check_token(token, files);
  joined_ = std::move(files);
}

void Session::confirm_snapshot(const std::string& token) const { check_token(token, find_files(settings())); }

std::string Session::describe_state() {
  nlohmann::json state = nlohmann::json::object();
  for (const SourceFile& file : files()) {
    state["file " + std::filesystem::canonical(file.path).string()] =
        std::to_string(file.state.size) + " bytes, mtime " + std::to_string(file.state.mtime) + ", inode " +
        std::to_string(file.state.inode) + ", content " + store_.content_hash(file, checker());
  }
  return state.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace sluice::json
