// Starts and stops the PostgreSQL server that the tests of one ctest run share.
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include "base/error.hpp"
#include "base/file.hpp"
#include "disposable/postgres_server.hpp"
#include "support/test_database.hpp"

namespace {

using sluice::disposable::PostgresServer;

/// Also what an aborted run left behind.
void stop() {
  std::ifstream file(sluice::test::shared_server_file());
  std::string directory;
  if (!std::getline(file, directory)) return;
  std::remove(sluice::test::shared_server_file().c_str());
  try {
    PostgresServer::attach(directory).remove();
  } catch (const sluice::Error& error) {
    if (error.code() != sluice::Code::not_found) throw;
  }
}

void start() {
  stop();
  sluice::disposable::PostgresOptions options;
  options.keep = true;
  options.settings = {{"max_connections", "200"}};
  const PostgresServer server = PostgresServer::start(options);
  sluice::write_file_atomically(sluice::test::shared_server_file(), server.directory() + "\n" + server.url() + "\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc == 2 ? argv[1] : "";
  try {
    if (verb == "start") {
      start();
    } else if (verb == "stop") {
      stop();
    } else {
      std::fprintf(stderr, "usage: test_server start|stop\n");
      return 2;
    }
  } catch (const sluice::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    // Without a server the tests that need one skip themselves and say why.
    return error.code() == sluice::Code::not_found ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
