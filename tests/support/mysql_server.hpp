#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/process.hpp"

namespace sluice::test {

/// Where `test_mysql start` writes the shared server's directory, process and URL.
std::string shared_mysql_file();

/// A private MariaDB server: own directory, socket and port, a user of its own when we are root. One owner, one thread.
class MySqlServer {
 public:
  /// Throws Error(not_found) naming the package where no server is installed, Error(unavailable) with the server's own words
  /// where it doesn't come up.
  static MySqlServer start();
  /// The server of ctest's fixture, where one runs.
  static std::optional<MySqlServer> shared();

  const std::string& url() const { return url_; }
  bool is_running() const;
  /// Writes shared_mysql_file().
  void share() const;
  /// SIGTERM, then removes its directory.
  void remove();

 private:
  std::string directory_;
  ProcessIdentity process_;
  std::string url_;
};

/// The URL of a server that tests share: the fixture's, else one of this process, removed at its end. Empty where no server is
/// installed (then shared_mysql_problem says why).
std::string shared_mysql_url();
std::string shared_mysql_problem();

/// A connection with which tests make what they need and look at what came of it.
class MySqlSession {
 public:
  explicit MySqlSession(const std::string& url);
  MySqlSession(const MySqlSession&) = delete;
  MySqlSession& operator=(const MySqlSession&) = delete;
  ~MySqlSession();
  /// Any number of statements. Throws std::runtime_error with the server's words.
  void execute(const std::string& script);
  /// Values as texts, NULL as "NULL".
  std::vector<std::vector<std::string>> rows(const std::string& query);

 private:
  void* raw_;
};

/// A database with a name of its own on the shared server, dropped at the end.
class MySqlDatabase {
 public:
  MySqlDatabase();
  MySqlDatabase(const MySqlDatabase&) = delete;
  MySqlDatabase& operator=(const MySqlDatabase&) = delete;
  ~MySqlDatabase();
  const std::string& url() const { return url_; }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::string url_;
};

}  // namespace sluice::test

/// Skips the test, and says so, where no MariaDB server is installed.
#define SLUICE_REQUIRE_MYSQL() \
  if (sluice::test::shared_mysql_url().empty()) GTEST_SKIP() << sluice::test::shared_mysql_problem()
