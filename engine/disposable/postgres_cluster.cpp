#include "disposable/postgres_cluster.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <thread>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/system_error.hpp"
#include "disposable/postgres_binaries.hpp"

namespace sluice::disposable {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto kStartPatience = std::chrono::seconds(120);
constexpr auto kStopPatience = std::chrono::seconds(60);
constexpr auto kPollInterval = std::chrono::milliseconds(5);

bool wait_for(std::chrono::seconds patience, const std::function<bool()>& holds) {
  const auto deadline = Clock::now() + patience;
  while (!holds()) {
    if (Clock::now() > deadline) return false;
    std::this_thread::sleep_for(kPollInterval);
  }
  return true;
}

void give_to(const std::string& path, const std::optional<User>& user) {
  if (user && ::chown(path.c_str(), user->uid, user->gid) != 0) {
    throw error_from_errno(errno, path + ": cannot give it to the user " + user->name);
  }
}

/// Lets the server's user through the private directory, to its own folder and no further.
void open_to_group(const std::string& directory, const std::optional<User>& user) {
  if (!user) return;
  if (::chown(directory.c_str(), ::geteuid(), user->gid) != 0 || ::chmod(directory.c_str(), 0710) != 0) {
    throw error_from_errno(errno, directory + ": cannot open it to the user " + user->name);
  }
}

void write_private_file(const std::string& path, const std::string& text, const std::optional<User>& user) {
  write_file_atomically(path, text);
  give_to(path, user);
}

void require_short_socket_path(const std::string& folder) {
  constexpr std::size_t kLongestName = sizeof("/.s.PGSQL.65535.lock");
  if (folder.size() + kLongestName > sizeof(sockaddr_un::sun_path)) {
    throw Error(Code::invalid_argument, folder + ": too long for the path of a unix socket",
                "set TMPDIR to a shorter path");
  }
}

/// A reaped child and a dead stranger look alike; an unreaped child would look like a zombie to others for ever.
bool has_ended(const ProcessIdentity& process) {
  ::waitpid(static_cast<pid_t>(process.pid), nullptr, WNOHANG);
  return !is_alive(process);
}

/// Of the process whose folder in /proc this is; -1 where it has gone, which it may do in mid-read.
std::int64_t parent_of(const fs::path& process) {
  std::string stat;
  try {
    stat = read_file((process / "stat").string());
  } catch (const Error&) {
    return -1;
  }
  const auto bracket = stat.rfind(") ");
  return bracket == std::string::npos ? -1 : std::atoi(stat.c_str() + bracket + 4);
}

std::vector<ProcessIdentity> children_of(std::int64_t pid) {
  std::vector<ProcessIdentity> children;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (parent_of(entry.path()) != pid) continue;
    if (auto identity = identity_of(std::stoi(name))) children.push_back(*identity);
  }
  return children;
}

std::string quoted_setting(const std::string& path) { return "\"" + path + "\""; }

}  // namespace

PostgresCluster::PostgresCluster(const std::string& directory)
    : folder_(directory + "/cluster"), user_(unprivileged_user()) {}

std::string PostgresCluster::log_tail() const {
  constexpr std::streamoff kTail = 2000;
  std::ifstream file(log(), std::ios::ate);
  const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : 0;
  file.seekg(std::max<std::streamoff>(0, size - kTail));
  return {std::istreambuf_iterator<char>(file), {}};
}

ChildOptions PostgresCluster::child(const std::string& program, std::vector<std::string> arguments) const {
  return {find_postgres_binaries() + "/" + program,
          std::move(arguments),
          {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=" + folder_},
          folder_,
          log(),
          {},
          user_};
}

void PostgresCluster::create(const std::string& password) const {
  require_short_socket_path(folder_);
  fs::remove_all(folder_);
  open_to_group(fs::path(folder_).parent_path(), user_);
  fs::create_directory(folder_);
  fs::permissions(folder_, fs::perms::owner_all);
  const std::string password_file = folder_ + "/password";
  write_private_file(password_file, password + "\n", user_);
  write_private_file(log(), "", user_);
  give_to(folder_, user_);
  std::vector<std::string> arguments = {"-D",
                                        data(),
                                        "-U",
                                        "sluice",
                                        "--auth=scram-sha-256",
                                        "--pwfile=" + password_file,
                                        "--encoding=UTF8",
                                        "--locale=C.UTF-8",
                                        "--no-instructions",
                                        "--no-sync"};
  const int code = run_child(child("initdb", std::move(arguments)));
  fs::remove(password_file);
  if (code != 0) {
    throw Error(
        Code::unavailable, "initdb ended with " + std::to_string(code) + ": " + log_tail(),
        user_ ? "the user " + user_->name + " must be able to enter " + folder_ + "; TMPDIR says where it is" : "");
  }
}

ProcessIdentity PostgresCluster::launch(const LaunchOptions& options) const {
  std::vector<std::string> arguments = {"-D", data(), "-p", std::to_string(options.port)};
  const auto set = [&arguments](const std::string& name, const std::string& value) {
    arguments.push_back("-c");
    arguments.push_back(name + "=" + value);
  };
  set("listen_addresses", options.tcp ? "127.0.0.1" : "");
  set("unix_socket_directories", quoted_setting(folder_));
  set("logging_collector", "off");
  set("max_wal_size", "4GB");
  if (!options.durable) {
    set("fsync", "off");
    set("full_page_writes", "off");
  }
  for (const auto& [name, value] : options.settings) set(name, value);
  // What earlier starts said would be taken for this one's last words.
  fs::resize_file(log(), 0);
  const pid_t pid = start_child(child("postgres", std::move(arguments)));
  wait_until_ready(pid);
  return *find_server();
}

void PostgresCluster::wait_until_ready(pid_t pid) const {
  const auto status_line = [this] {
    std::ifstream file(data() + "/postmaster.pid");
    std::string line;
    constexpr int kStatusLine = 8;
    for (int i = 0; i < kStatusLine; ++i) {
      if (!std::getline(file, line)) return std::string();
    }
    return line;
  };
  bool ended = false;
  const bool ready = wait_for(kStartPatience, [&] {
    ended = ::waitpid(pid, nullptr, WNOHANG) == pid;
    return ended || (status_line().rfind("ready", 0) == 0 && find_server());
  });
  if (ready && !ended) return;
  const std::string words = log_tail();
  if (!ended) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    throw Error(Code::timeout, "the disposable PostgreSQL did not accept connections within 120 s: " + words);
  }
  const bool port_taken = words.find("could not create any TCP/IP sockets") != std::string::npos;
  throw Error(port_taken ? Code::conflict : Code::unavailable, "the disposable PostgreSQL did not start: " + words);
}

std::optional<ProcessIdentity> PostgresCluster::find_server() const {
  std::ifstream file(data() + "/postmaster.pid");
  int pid = 0;
  if (!(file >> pid)) return std::nullopt;
  // The file may be left over and its number reused by another process: only our server works in our data directory.
  std::error_code unreadable;
  const fs::path working = fs::read_symlink("/proc/" + std::to_string(pid) + "/cwd", unreadable);
  if (unreadable || working != fs::weakly_canonical(data(), unreadable)) return std::nullopt;
  return identity_of(pid);
}

void PostgresCluster::end_server(const ProcessIdentity& server, int signal) const {
  const auto backends = children_of(server.pid);
  if (has_ended(server)) return;
  ::kill(static_cast<pid_t>(server.pid), signal);
  const bool ended = signal != SIGKILL && wait_for(kStopPatience, [&] { return has_ended(server); });
  if (ended) return;
  ::kill(static_cast<pid_t>(server.pid), SIGKILL);
  for (const auto& backend : backends) {
    if (is_alive(backend)) ::kill(static_cast<pid_t>(backend.pid), SIGKILL);
  }
  const auto gone = [&] {
    return has_ended(server) &&
           std::none_of(backends.begin(), backends.end(), [](const auto& b) { return is_alive(b); });
  };
  if (!wait_for(kStopPatience, gone)) {
    throw Error(Code::timeout,
                "the disposable PostgreSQL, process " + std::to_string(server.pid) + ", survived SIGKILL");
  }
}

int find_free_port() {
  // Below the range that the kernel takes for outgoing connections, so that a stopped server finds its port free again.
  constexpr int kLowest = 15000;
  constexpr int kPorts = 17000;
  constexpr int kAttempts = 200;
  std::random_device random;
  int error = 0;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const int port = kLowest + static_cast<int>(random() % kPorts);
    const FileDescriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return port;
    error = errno;
  }
  throw error_from_errno(error, "127.0.0.1: cannot find a free TCP port");
}

}  // namespace sluice::disposable
