#pragma once

#include <string>

#include "disposable/postgres_server.hpp"
#include "support/pg_session.hpp"

namespace sluice::bench {

/// A server that syncs as a real one does: an unsynced one would flatter whoever commits often. Autovacuum would work
/// on one contender's tables while the next one is measured.
inline disposable::PostgresServer start_server() {
  disposable::PostgresOptions options;
  options.durable = true;
  options.settings.emplace_back("autovacuum", "off");
  return disposable::PostgresServer::start(options);
}

/// An empty database, gone with everything in it when the measurement is over.
class Target {
 public:
  explicit Target(disposable::PostgresServer& server) : server_(server), url_(server.create_database("bench")) {
    test::PgSession(url_).execute("checkpoint");
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  ~Target() { test::PgSession(server_.url()).execute("drop database bench with (force)"); }
  const std::string& url() const { return url_; }

 private:
  disposable::PostgresServer& server_;
  std::string url_;
};

}  // namespace sluice::bench
