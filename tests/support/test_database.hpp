#pragma once

#include <string>

#include "disposable/postgres_server.hpp"

namespace sluice::test {

/// Where `test_server start` writes the shared server's directory and URL, one per line.
std::string shared_server_file();

/// The URL of the database to connect to on the server that tests share: the one ctest's fixture started, else one of
/// this process, made at first use and removed at its end. Empty where no server is installed (then
/// `shared_server_problem` says why).
std::string shared_server_url();
std::string shared_server_problem();

/// A database with a name of its own on the shared server, dropped at the end whoever is still connected.
class TestDatabase {
 public:
  TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;
  ~TestDatabase();

  const std::string& url() const { return url_; }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::string url_;
};

}  // namespace sluice::test

/// Skips the test, and says so, where no PostgreSQL server is installed.
#define SLUICE_REQUIRE_POSTGRES() \
  if (sluice::test::shared_server_url().empty()) GTEST_SKIP() << sluice::test::shared_server_problem()
