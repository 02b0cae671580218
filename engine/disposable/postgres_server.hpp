#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "disposable/mark.hpp"
#include "disposable/private_directory.hpp"

namespace sluice::disposable {

/// How a throw-away PostgreSQL is made.
struct PostgresOptions {
  std::string parent;           ///< directory to make it in; empty: $TMPDIR, else /tmp
  bool durable = false;         ///< sync files as a real server does; SIGKILL alone loses nothing either way
  bool tcp = true;              ///< listen on 127.0.0.1 as well as on the unix socket
  bool keep = false;            ///< leave it when this object ends
  std::optional<RunOwner> run;  ///< the run it belongs to, where that is known already
  std::vector<std::pair<std::string, std::string>>
      settings;  ///< further server settings, such as {"max_connections", "50"}
};

/// A private PostgreSQL server made from the installed binaries: own directory, own random port and password
/// (scram-sha-256 on every way in), superuser `sluice`, database `sluice`, UTF-8, own session. When we are root it runs
/// as `postgres` or `nobody`. One owner, one thread.
///
/// Its end: the destructor stops and removes it, unless keep is set or a run owns it. A run's server outlives its
/// process, so that `resume` can attach() to it; the run's end calls remove().
class PostgresServer {
 public:
  /// Makes a cluster and starts it; returns when it accepts connections. Throws Error(not_found) naming the package
  /// where no server is installed, Error(unavailable) with the server's own last words where it doesn't come up.
  static PostgresServer start(const PostgresOptions& options = {});
  /// Takes over an existing directory whose owner is gone; starts the server where it isn't running.
  static PostgresServer attach(const std::string& directory);

  PostgresServer(PostgresServer&&) noexcept;
  PostgresServer& operator=(PostgresServer&&) noexcept;
  ~PostgresServer();

  /// postgresql://sluice:PASSWORD@127.0.0.1:PORT/sluice; the socket's form where TCP is off.
  std::string url(const std::string& database = "sluice") const;
  /// postgresql://sluice:PASSWORD@/sluice?host=DIRECTORY&port=PORT
  std::string socket_url(const std::string& database = "sluice") const;
  /// Makes an empty database in it; returns url(name). Throws Error(already_exists).
  std::string create_database(const std::string& name);

  /// The postmaster's; 0 when it isn't running.
  int pid() const;
  bool is_running() const { return pid() != 0; }
  const std::string& directory() const;
  /// The end of the server's log, for messages.
  std::string log_tail() const;

  /// Ends it in order: fast (connections are cut, a checkpoint is written), or at once as if the power failed.
  enum class Stop { fast, immediate };
  void stop(Stop how = Stop::fast);
  /// SIGKILL to the server and all its backends; returns when they are gone.
  void kill_server();
  /// Starts it again on the same port (another one where that was taken meanwhile) and waits until it accepts
  /// connections.
  void restart();

  /// Hands it to a run: from now on it outlives this process, until remove().
  void own_by(RunOwner run);
  void set_keep(bool keep);
  /// Stops the server and removes the directory.
  void remove();

 private:
  struct State;
  explicit PostgresServer(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace sluice::disposable
