// Starts and stops the MariaDB server that the tests of one ctest run share.
#include <cstdio>
#include <exception>
#include <string>

#include "base/error.hpp"
#include "support/mysql_server.hpp"

namespace {

using sluice::test::MySqlServer;

void stop() {
  if (auto server = MySqlServer::shared()) server->remove();
  std::remove(sluice::test::shared_mysql_file().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc == 2 ? argv[1] : "";
  try {
    if (verb == "start") {
      stop();
      MySqlServer::start().share();
    } else if (verb == "stop") {
      stop();
    } else {
      std::fprintf(stderr, "usage: test_mysql start|stop\n");
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
