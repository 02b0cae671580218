#pragma once

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace sluice::test {

/// What PostgreSQL answered to a statement that failed.
class PgError : public std::runtime_error {
 public:
  PgError(const std::string& text, std::string sqlstate) : std::runtime_error(text), sqlstate_(std::move(sqlstate)) {}
  const std::string& sqlstate() const { return sqlstate_; }

 private:
  std::string sqlstate_;
};

/// A connection of the test's own, beside the code under test. One thread.
class PgSession {
 public:
  using Row = std::vector<std::optional<std::string>>;

  /// Throws PgError where it can't connect.
  explicit PgSession(const std::string& url);

  /// Runs one statement or several; throws PgError.
  void execute(const std::string& statements);
  /// The rows of one query as text; NULL is nullopt.
  std::vector<Row> rows(const std::string& query);
  /// The first value; "" where there is none or it is NULL.
  std::string scalar(const std::string& query);
  long long number(const std::string& query) { return std::stoll(scalar(query)); }
  int backend_pid() const { return PQbackendPID(connection_.get()); }
  /// `name` as an identifier in a statement.
  std::string quoted(const std::string& name);

 private:
  using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;
  Result run(const std::string& statements);

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

}  // namespace sluice::test
