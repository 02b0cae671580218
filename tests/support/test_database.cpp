#include "support/test_database.hpp"

#include <unistd.h>

#include <fstream>
#include <optional>

#include "base/error.hpp"
#include "base/random.hpp"
#include "support/environment.hpp"
#include "support/pg_session.hpp"

namespace sluice::test {
namespace {

/// The server of ctest's fixture, where one answers.
std::string fixture_url() {
  std::ifstream file(shared_server_file());
  std::string directory;
  std::string url;
  if (!std::getline(file, directory) || !std::getline(file, url)) return {};
  return PQping(url.c_str()) == PQPING_OK ? url : std::string();
}

struct SharedServer {
  std::optional<disposable::PostgresServer> own;
  std::string url;
  std::string problem;

  SharedServer() : url(fixture_url()) {
    if (!url.empty()) return;
    try {
      own = disposable::PostgresServer::start();
      url = own->url();
    } catch (const Error& error) {
      if (error.code() != Code::not_found) throw;
      problem = error.what();
    }
  }
};

const SharedServer& shared_server() {
  static const SharedServer server;
  return server;
}

/// The server's URL with another database.
std::string url_of_database(std::string url, const std::string& name) {
  return url.replace(url.rfind('/') + 1, std::string::npos, name);
}

}  // namespace

std::string shared_server_file() { return build_directory() + "/test-server"; }

std::string shared_server_url() { return shared_server().url; }

std::string shared_server_problem() { return shared_server().problem; }

TestDatabase::TestDatabase()
    : name_("test_" + std::to_string(::getpid()) + "_" + random_hex(4)),
      url_(url_of_database(shared_server_url(), name_)) {
  PgSession(shared_server_url()).execute("CREATE DATABASE " + name_);
}

TestDatabase::~TestDatabase() {
  try {
    PgSession(shared_server_url()).execute("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // The server may have been taken down by the test itself.
  }
}

}  // namespace sluice::test
