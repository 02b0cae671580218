#include "ask.hpp"

#include <cstdlib>
#include <cstring>

#include "arrow/builder.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "shape.hpp"
#include "stream_scope.hpp"

namespace sluice::postgres {
namespace {

using arrow::Kind;

constexpr int64_t kBatchRows = 8'192;
constexpr int64_t kBatchBytes = 4 << 20;

Kind kind_of(Oid type) {
  switch (type) {
    case oid::kInt2:
    case oid::kInt4:
    case oid::kInt8: return Kind::int64;
    case oid::kFloat4:
    case oid::kFloat8: return Kind::float64;
    case oid::kBool: return Kind::boolean;
    case oid::kNumeric: return Kind::number;
    default: return Kind::text;
  }
}

void append_text(arrow::ColumnBuilder& column, std::string_view text) {
  switch (column.field().type.kind) {
    case Kind::int64: return column.append_int64(std::strtoll(text.data(), nullptr, 10));
    case Kind::boolean: return column.append_int64(text == "t" ? 1 : 0);
    case Kind::float64: {
      const auto value = arrow::double_from_text(text);
      if (!value) throw Error(Code::internal, "query: " + std::string(text) + " is not a double");
      return column.append_double(*value);
    }
    default: return column.append_bytes(text);
  }
}

/// Fetches row by row in libpq's single-row mode.
class QueryReader final : public arrow::BatchReader {
 public:
  QueryReader(Session& session, const std::string& sql, const Values& params, std::vector<arrow::Field> fields)
      : session_(session), scope_(session) {
    scope_.open();
    session_.raw_data().start_query(sql, params, "query");
    take_next();
    builder_.emplace(fields.empty() ? fields_of_result() : std::move(fields));
  }

  const std::vector<arrow::Field>& fields() const override { return builder_->fields(); }

  arrow::Array next() override {
    if (!scope_.is_open()) return {};
    try {
      read_rows();
    } catch (...) {
      scope_.give_up();
      throw;
    }
    return builder_->rows() == 0 ? arrow::Array() : builder_->finish();
  }

 private:
  void take_next() {
    Connection& connection = session_.raw_data();
    result_ = Result(PQgetResult(connection.raw()));
    if (result_.empty()) throw connection.error(result_, "query");
    const ExecStatusType status = result_.status();
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
      throw Error(Code::unsupported, "query: COPY is not a query that returns rows");
    }
    if (!result_.is_ok()) throw connection.error(result_, "query");
  }

  std::vector<arrow::Field> fields_of_result() const {
    std::vector<arrow::Field> fields;
    for (int i = 0; i < PQnfields(result_.get()); ++i) {
      fields.push_back({PQfname(result_.get(), i), {kind_of(PQftype(result_.get(), i))}});
    }
    return fields;
  }

  void read_rows() {
    int64_t bytes = 0;
    for (int64_t rows = 0; rows < kBatchRows && bytes < kBatchBytes; ++rows) {
      if (result_.status() != PGRES_SINGLE_TUPLE) return end();
      bytes += append_row();
      take_next();
    }
  }

  int64_t append_row() {
    int64_t bytes = 0;
    for (int i = 0; i < PQnfields(result_.get()); ++i) {
      arrow::ColumnBuilder& column = builder_->column(static_cast<size_t>(i));
      if (result_.is_null(0, i)) {
        column.append_null();
        continue;
      }
      const int size = PQgetlength(result_.get(), 0, i);
      append_text(column, {PQgetvalue(result_.get(), 0, i), static_cast<size_t>(size)});
      bytes += size;
    }
    return bytes;
  }

  void end() {
    session_.raw_data().drain();
    scope_.finish();
  }

  Session& session_;
  std::optional<arrow::BatchBuilder> builder_;
  Result result_;
  StreamScope scope_;
};

/// Refuses what would end the guard's transaction, and checks afterwards that nothing did.
int64_t execute_in_guard(Session& session, const std::string& sql, const Values& params) {
  if (const std::string statement = transaction_statement(sql); !statement.empty()) {
    throw Error(Code::invalid_argument, "SQL inside a guard contains " + statement,
                "the step's transaction is begun and committed by the engine");
  }
  Connection& connection = session.data();
  int64_t rows = -1;
  if (params.empty()) {
    connection.run_script(sql, "SQL", &rows);
  } else {
    rows = connection.run(sql, params, "SQL").affected();
  }
  if (connection.transaction() != PQTRANS_INTRANS) {
    throw Error(Code::internal, "SQL inside a guard ended the guard's transaction");
  }
  return rows;
}

int64_t execute_alone(Session& session, const std::string& sql, const Values& params) {
  Connection& connection = session.data();
  int64_t rows = -1;
  if (params.empty()) {
    connection.run_script(sql, "SQL", &rows);
  } else {
    rows = connection.run(sql, params, "SQL").affected();
  }
  if (connection.transaction() == PQTRANS_IDLE) return rows;
  connection.run_script("ROLLBACK");
  throw Error(Code::invalid_argument, "SQL began a transaction and left it open; it was rolled back");
}

}  // namespace

std::unique_ptr<arrow::BatchReader> query_rows(Session& session, const std::string& sql, const Values& params,
                                               std::vector<arrow::Field> fields) {
  return std::make_unique<QueryReader>(session, sql, params, std::move(fields));
}

int64_t execute_sql(Session& session, const std::string& sql, const Values& params) {
  if (session.guard) return execute_in_guard(session, sql, params);
  if (session.has_snapshot) throw Error(Code::invalid_argument, "execute: this session reads a snapshot");
  return execute_alone(session, sql, params);
}

}  // namespace sluice::postgres
