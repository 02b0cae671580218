#include "support/pg_session.hpp"

namespace sluice::test {

PgSession::PgSession(const std::string& url) : connection_(PQconnectdb(url.c_str()), &PQfinish) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) throw PgError(PQerrorMessage(connection_.get()), "08006");
  // Notices ("table does not exist, skipping") would only clutter the test's output.
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
}

PgSession::Result PgSession::run(const std::string& statements) {
  Result result(PQexec(connection_.get(), statements.c_str()), &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return result;
  const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  throw PgError(std::string(PQerrorMessage(connection_.get())) + " in: " + statements, state != nullptr ? state : "");
}

void PgSession::execute(const std::string& statements) { run(statements); }

std::vector<PgSession::Row> PgSession::rows(const std::string& query) {
  const Result result = run(query);
  std::vector<Row> rows;
  for (int r = 0; r < PQntuples(result.get()); ++r) {
    Row row;
    for (int c = 0; c < PQnfields(result.get()); ++c) {
      if (PQgetisnull(result.get(), r, c) != 0) {
        row.emplace_back();
      } else {
        row.emplace_back(std::string(PQgetvalue(result.get(), r, c), PQgetlength(result.get(), r, c)));
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string PgSession::scalar(const std::string& query) {
  const auto all = rows(query);
  return all.empty() || all[0].empty() || !all[0][0] ? std::string() : *all[0][0];
}

std::string PgSession::quoted(const std::string& name) {
  const std::unique_ptr<char, decltype(&PQfreemem)> text(
      PQescapeIdentifier(connection_.get(), name.c_str(), name.size()), &PQfreemem);
  return text ? text.get() : std::string();
}

}  // namespace sluice::test
