#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "arrow/stream.hpp"
#include "session.hpp"

/// The store's own language, for SQL steps, gates and people.
namespace sluice::postgres {

/// Rows of one statement, fetched as they are read so that memory stays flat. Inside a guard or snapshot it belongs to
/// that transaction. The session is busy until the reader is gone. `fields` fixes names and types of the columns (text,
/// int64, float64, boolean, number); empty: by the server's types.
std::unique_ptr<arrow::BatchReader> query_rows(Session& session, const std::string& sql, const Values& params,
                                               std::vector<arrow::Field> fields = {});

/// Runs SQL: several statements where there are no parameters. Inside a guard it belongs to the guard's transaction,
/// and statements that would end that are refused; outside it commits by itself. Rows changed, or -1.
int64_t execute_sql(Session& session, const std::string& sql, const Values& params);

/// The first statement of a script that would begin or end a transaction ("COMMIT"), or "".
std::string transaction_statement(const std::string& sql);

}  // namespace sluice::postgres
