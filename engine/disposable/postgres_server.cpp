#include "disposable/postgres_server.hpp"

#include <libpq-fe.h>
#include <signal.h>

#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "base/escape.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "disposable/postgres_cluster.hpp"

namespace sluice::disposable {
namespace {

constexpr const char* kPasswordFile = "/password";

std::string new_password() { return random_hex(16); }

std::string stored_password(const std::string& directory) { return read_file(directory + kPasswordFile); }

struct Connection {
  PGconn* handle;
  explicit Connection(const std::string& url) : handle(PQconnectdb(url.c_str())) {
    if (PQstatus(handle) != CONNECTION_OK) {
      const std::string words = PQerrorMessage(handle);
      PQfinish(handle);
      throw Error(Code::unavailable, "the disposable PostgreSQL refuses its own superuser: " + words);
    }
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { PQfinish(handle); }
};

void create_database_at(const std::string& url, const std::string& name) {
  const Connection connection(url);
  char* quoted = PQescapeIdentifier(connection.handle, name.c_str(), name.size());
  const std::string statement = std::string("CREATE DATABASE ") + (quoted != nullptr ? quoted : "");
  PQfreemem(quoted);
  PGresult* result = PQexec(connection.handle, statement.c_str());
  const bool made = PQresultStatus(result) == PGRES_COMMAND_OK;
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const bool duplicate = state != nullptr && std::strcmp(state, "42P04") == 0;
  PQclear(result);
  if (made) return;
  throw Error(duplicate ? Code::already_exists : Code::unavailable,
              "database " + name + " can't be made: " + PQerrorMessage(connection.handle));
}

}  // namespace

struct PostgresServer::State {
  PrivateDirectory directory;
  PostgresCluster cluster;
  std::string password;
  LaunchOptions launch;

  State(PrivateDirectory private_directory, std::string secret)
      : directory(std::move(private_directory)), cluster(directory.path()), password(std::move(secret)) {}

  void make_cluster() {
    write_file_atomically(directory.path() + kPasswordFile, password);
    cluster.create(password);
    start();
    create_database_at(url_on("postgres", false), "sluice");
    Mark mark = directory.mark();
    mark.ready = true;
    directory.set_mark(std::move(mark));
  }

  /// Retries on another port where ours was taken, and while a killed server's backends are still going.
  void start() {
    constexpr int kAttempts = 50;
    for (int attempt = 1;; ++attempt) {
      if (launch.port == 0) launch.port = find_free_port();
      try {
        record(cluster.launch(launch));
        return;
      } catch (const Error& error) {
        const bool dying = error.message().find("is still in use") != std::string::npos;
        if (attempt == kAttempts || (error.code() != Code::conflict && !dying)) throw;
        if (!dying) launch.port = 0;
        if (dying) std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
    }
  }

  void record(const ProcessIdentity& server) {
    Mark mark = directory.mark();
    mark.server = server;
    mark.port = launch.port;
    mark.tcp = launch.tcp;
    mark.durable = launch.durable;
    directory.set_mark(std::move(mark));
  }

  std::optional<ProcessIdentity> server() const {
    const auto& server = directory.mark().server;
    return server && is_alive(*server) ? server : std::nullopt;
  }

  void end(int signal) {
    if (auto running = server()) cluster.end_server(*running, signal);
  }

  std::string url_on(const std::string& database, bool tcp) const {
    const std::string port = std::to_string(launch.port);
    if (tcp) return "postgresql://sluice:" + password + "@127.0.0.1:" + port + "/" + escape_url(database);
    return "postgresql://sluice:" + password + "@/" + escape_url(database) +
           "?host=" + escape_url(cluster.socket_directory()) + "&port=" + port;
  }
};

PostgresServer::PostgresServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
PostgresServer::PostgresServer(PostgresServer&&) noexcept = default;

PostgresServer& PostgresServer::operator=(PostgresServer&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

PostgresServer PostgresServer::start(const PostgresOptions& options) {
  Mark mark;
  mark.kind = "postgres";
  mark.run = options.run;
  mark.keep = options.keep;
  auto state = std::make_unique<State>(PrivateDirectory::create(options.parent, std::move(mark)), new_password());
  state->launch = {0, options.tcp, options.durable, options.settings};
  PostgresServer server(std::move(state));
  try {
    server.state_->make_cluster();
  } catch (const Error&) {
    // Half a server is of no use to a run either.
    server.remove();
    throw;
  }
  return server;
}

PostgresServer PostgresServer::attach(const std::string& directory) {
  auto opened = PrivateDirectory::open(directory);
  const Mark mark = opened.mark();
  if (mark.kind != "postgres") {
    throw Error(Code::invalid_argument, directory + ": holds a disposable " + mark.kind + ", expected postgres");
  }
  auto state = std::make_unique<State>(std::move(opened), mark.ready ? stored_password(directory) : new_password());
  state->launch = {mark.port, mark.tcp, mark.durable, {}};
  PostgresServer server(std::move(state));
  if (!mark.ready) {
    if (auto half = server.state_->cluster.find_server()) server.state_->cluster.end_server(*half, SIGKILL);
    server.state_->launch.port = 0;
    server.state_->make_cluster();
  } else if (auto running = server.state_->cluster.find_server()) {
    server.state_->record(*running);
  } else {
    server.state_->start();
  }
  return server;
}

PostgresServer::~PostgresServer() {
  if (!state_ || state_->directory.path().empty()) return;
  if (state_->directory.mark().keep || state_->directory.mark().run) return;
  try {
    remove();
  } catch (const std::exception&) {
    // A destructor has nobody to tell; the mark stays, and the next sweep tries again.
  }
}

std::string PostgresServer::url(const std::string& database) const {
  return state_->url_on(database, state_->launch.tcp);
}

std::string PostgresServer::socket_url(const std::string& database) const { return state_->url_on(database, false); }

std::string PostgresServer::create_database(const std::string& name) {
  create_database_at(socket_url("postgres"), name);
  return url(name);
}

int PostgresServer::pid() const {
  const auto server = state_->server();
  return server ? static_cast<int>(server->pid) : 0;
}

const std::string& PostgresServer::directory() const { return state_->directory.path(); }

std::string PostgresServer::log_tail() const { return state_->cluster.log_tail(); }

void PostgresServer::stop(Stop how) { state_->end(how == Stop::fast ? SIGINT : SIGQUIT); }

void PostgresServer::kill_server() { state_->end(SIGKILL); }

void PostgresServer::restart() {
  stop();
  state_->start();
}

void PostgresServer::own_by(RunOwner run) {
  Mark mark = state_->directory.mark();
  mark.run = std::move(run);
  state_->directory.set_mark(std::move(mark));
}

void PostgresServer::set_keep(bool keep) {
  Mark mark = state_->directory.mark();
  mark.keep = keep;
  state_->directory.set_mark(std::move(mark));
}

void PostgresServer::remove() {
  if (state_->directory.path().empty()) return;
  // Nothing of it is wanted any more: no checkpoint.
  state_->end(SIGQUIT);
  if (auto running = state_->cluster.find_server()) state_->cluster.end_server(*running, SIGKILL);
  state_->directory.remove();
}

}  // namespace sluice::disposable
