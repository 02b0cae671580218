#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/process.hpp"
#include "disposable/child.hpp"

namespace sluice::disposable {

/// How one server process is launched.
struct LaunchOptions {
  int port = 0;
  bool tcp = true;
  bool durable = false;
  std::vector<std::pair<std::string, std::string>> settings;
};

/// The files of one PostgreSQL cluster below a private directory, and its server process. Owns neither: PostgresServer
/// and the sweep decide when they end.
class PostgresCluster {
 public:
  /// `directory` is the private one; the cluster lives in its folder "cluster", owned by the user the server runs as.
  explicit PostgresCluster(const std::string& directory);

  std::string data() const { return folder_ + "/data"; }
  std::string log() const { return folder_ + "/log"; }
  const std::string& socket_directory() const { return folder_; }
  std::string log_tail() const;

  /// Makes the files anew (initdb, unsynced: only a machine that goes down loses them), with the superuser `sluice` and
  /// its password. Throws Error with initdb's last words.
  void create(const std::string& password) const;
  /// Starts the server and returns when it accepts connections. Throws Error(conflict) where the port is taken,
  /// Error(unavailable) otherwise.
  ProcessIdentity launch(const LaunchOptions& options) const;
  /// The running server of these files, whoever started it.
  std::optional<ProcessIdentity> find_server() const;
  /// Sends the signal and waits for the end; SIGKILL after the patience of a minute. SIGKILL ends the backends as well.
  void end_server(const ProcessIdentity& server, int signal) const;

 private:
  ChildOptions child(const std::string& program, std::vector<std::string> arguments) const;
  void wait_until_ready(pid_t pid) const;

  std::string folder_;
  std::optional<User> user_;
};

/// A TCP port of 127.0.0.1 that is free at this moment.
int find_free_port();

}  // namespace sluice::disposable
