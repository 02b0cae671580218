#include "copy_in.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "arrow/view.hpp"
#include "base/error.hpp"
#include "encode.hpp"
#include "quote.hpp"
#include "shape.hpp"

namespace sluice::postgres {
namespace {

/// Small enough to stay in the second-level cache, large enough for few system calls.
constexpr size_t kSendBytes = 128 * 1024;

void refuse_unsafe_target(const TableShape& shape) {
  if (shape.kind != 'r' && shape.kind != 'p') {
    throw Error(Code::unsupported, shape.label() + ": is not a table, rows cannot be loaded into it");
  }
  if (shape.persistence != 'p') {
    throw Error(Code::unsupported, shape.label() + ": is UNLOGGED or temporary, a crash of the server would empty it",
                "ALTER TABLE ... SET LOGGED");
  }
}

std::vector<LoadColumn> plan_columns(const TableShape& shape, const sdk::LoadSpec& spec, const std::vector<arrow::Field>& fields,
                                     bool keeps_infinite) {
  if (!spec.columns.empty() && spec.columns.size() != fields.size()) {
    throw Error(Code::invalid_argument, shape.label() + ": " + std::to_string(spec.columns.size()) +
                                            " columns are named, " + std::to_string(fields.size()) + " come");
  }
  std::vector<LoadColumn> columns;
  for (size_t i = 0; i < fields.size(); ++i) {
    const NativeColumn& target = shape.column(spec.columns.empty() ? fields[i].name : spec.columns[i]);
    columns.push_back(plan_load_column(shape, target, fields[i]));
    columns.back().keeps_infinite = keeps_infinite;
  }
  if (columns.empty()) throw Error(Code::unsupported, shape.label() + ": rows without columns cannot be loaded");
  return columns;
}

std::string column_list(const std::vector<LoadColumn>& columns) {
  std::string list;
  for (const LoadColumn& column : columns) list += (list.empty() ? "" : ", ") + quote_name(column.name);
  return list;
}

std::string copy_statement(const std::string& table, const std::vector<LoadColumn>& columns) {
  return "COPY " + table + " (" + column_list(columns) + ") FROM STDIN (FORMAT binary)";
}

/// Where rows wait that COPY can't bring into the table itself, since some are there already. Of this session, gone with the guard.
constexpr const char* kWaiting = "pg_temp.sluice_load";

/// Whether rows that are there are changed: there is something beside the key.
bool updates_rows(const std::vector<LoadColumn>& columns, const sdk::LoadSpec& spec) {
  return spec.mode == SLUICE_LOAD_UPSERT && columns.size() > spec.key.size();
}

/// From there into the table, with what happens to rows whose key is there: answers how many rows were to be written, and how many
/// were. Of rows that wait with one key the last one counts, as if they had been written one after another.
std::string merge_statement(const TableShape& shape, const std::vector<LoadColumn>& columns, const sdk::LoadSpec& spec) {
  std::string key;
  std::string values;
  for (const std::string& column : spec.key) key += (key.empty() ? "" : ", ") + quote_name(shape.column(column).name);
  for (const LoadColumn& column : columns) {
    if (std::find(spec.key.begin(), spec.key.end(), column.name) != spec.key.end()) continue;
    values += (values.empty() ? "" : ", ") + quote_name(column.name) + " = excluded." + quote_name(column.name);
  }
  const std::string list = column_list(columns);
  const bool updates = updates_rows(columns, spec);
  const std::string last = updates ? "SELECT DISTINCT ON (" + key + ") " + list + " FROM " + kWaiting + " ORDER BY " + key + ", ctid DESC"
                                   : "SELECT " + list + " FROM " + std::string(kWaiting);
  // COPY fills identity columns that are always generated; INSERT must be told to.
  return "WITH sluice_new AS MATERIALIZED (" + last + "), sluice_done AS (INSERT INTO " + quote_qualified(shape.schema, shape.name) + " (" + list +
         ") OVERRIDING SYSTEM VALUE SELECT " + list + " FROM sluice_new ON CONFLICT (" + key + ") DO " +
         (updates ? "UPDATE SET " + values : "NOTHING") + " RETURNING 1) SELECT (SELECT count(*) FROM sluice_new), (SELECT count(*) FROM sluice_done)";
}

/// Sends what an encoder has gathered, and ends the COPY in one way or the other.
class CopyIn {
 public:
  CopyIn(Connection& connection, std::string where) : connection_(connection), where_(std::move(where)) {}

  void start(const std::string& sql) { connection_.start_copy(sql, where_); }

  void send(RowEncoder& encoder) {
    if (connection_.was_cancelled()) throw Error(Code::cancelled, where_ + ": cancelled");
    if (PQputCopyData(connection_.raw(), encoder.data(), static_cast<int>(encoder.size())) != 1) fail();
    bytes_ += static_cast<int64_t>(encoder.size());
    encoder.clear();
  }

  /// Rows that the server took.
  int64_t finish() {
    if (PQputCopyEnd(connection_.raw(), nullptr) != 1) fail();
    const Result result(PQgetResult(connection_.raw()));
    if (result.empty() || result.status() != PGRES_COMMAND_OK) {
      const Error error = connection_.error(result, where_);
      connection_.drain();
      throw error;
    }
    connection_.drain();
    return result.affected();
  }

  /// After a failure on our side: the server forgets what it got.
  void abandon() noexcept {
    if (!connection_.is_alive()) return;
    PQputCopyEnd(connection_.raw(), "the engine gave the load up");
    connection_.drain();
  }

  int64_t bytes() const { return bytes_; }

 private:
  /// The server's own reason, where it got through, says more than the broken pipe.
  [[noreturn]] void fail() {
    const Error lost = connection_.error(Result(), where_);
    while (PGresult* next = PQgetResult(connection_.raw())) {
      const Result result(next);
      if (result.status() == PGRES_FATAL_ERROR) {
        const Error error = connection_.error(result, where_);
        connection_.drain();
        throw error;
      }
      if (result.status() == PGRES_COPY_IN) break;
    }
    throw lost;
  }

  Connection& connection_;
  std::string where_;
  int64_t bytes_ = 0;
};

int64_t send_rows(CopyIn& copy, RowEncoder& encoder, arrow::BatchReader& batches) {
  int64_t rows = 0;
  encoder.append_header();
  for (arrow::Array batch = batches.next(); !batch.empty(); batch = batches.next()) {
    const auto views = arrow::view_batch(batches.fields(), *batch);
    for (int64_t i = 0; i < batch->length; ++i) {
      encoder.append_row(views, i, ++rows);
      if (encoder.size() >= kSendBytes) copy.send(encoder);
    }
  }
  encoder.append_trailer();
  copy.send(encoder);
  return rows;
}

}  // namespace

LoadTotals load_table(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches) {
  if (!session.guard) throw Error(Code::invalid_argument, "load: no guard is open", "guard_begin comes first");
  Connection& connection = session.data();
  const TableShape shape = describe_table(connection, session.schema_or_default(spec.schema), spec.table);
  refuse_unsafe_target(shape);
  const auto columns = plan_columns(shape, spec, batches.fields(), session.options().keeps_infinite());
  RowEncoder encoder(columns, shape.label());
  CopyIn copy(connection, "loading " + shape.label());
  const std::string where = "loading " + shape.label();
  const std::string table = quote_qualified(shape.schema, shape.name);
  const bool is_merged = spec.mode != SLUICE_LOAD_APPEND;
  if (is_merged) {
    connection.run("CREATE TEMPORARY TABLE IF NOT EXISTS sluice_load ON COMMIT DROP AS SELECT " + column_list(columns) + " FROM " + table + " WITH NO DATA",
                   {}, where);
  }
  copy.start(copy_statement(is_merged ? kWaiting : table, columns));
  LoadTotals totals;
  try {
    totals.rows = send_rows(copy, encoder, batches);
  } catch (...) {
    copy.abandon();
    throw;
  }
  const int64_t taken = copy.finish();
  if (taken != totals.rows) {
    throw Error(Code::data,
                "loading " + shape.label() + ": " + std::to_string(totals.rows) + " rows were sent, the server took " +
                    std::to_string(taken),
                "does a trigger or rule of the table swallow rows?");
  }
  totals.bytes = copy.bytes();
  if (is_merged) {
    const Result merged = connection.run(merge_statement(shape, columns, spec), {}, where);
    const int64_t left_out = merged.integer(0, 0) - merged.integer(0, 1);
    // An upsert writes every row: one that is missing then was swallowed, and the engine must see it.
    if (!updates_rows(columns, spec)) totals.already_there = left_out;
    totals.rows -= left_out;
    // Not dropped: the locks of dropped tables stay until the transaction's end, and a careful copy comes often.
    connection.run(std::string("TRUNCATE ") + kWaiting, {}, where);
  }
  return totals;
}

}  // namespace sluice::postgres
