#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "abi/plugin_abi.h"
#include "base/error.hpp"
#include "options.hpp"

namespace sluice::postgres {

/// Parameters of a statement, in text form; nullopt is NULL.
using Values = std::vector<std::optional<std::string>>;

/// Owns a PGresult.
class Result {
 public:
  explicit Result(PGresult* raw = nullptr) : raw_(raw, PQclear) {}

  PGresult* get() const { return raw_.get(); }
  bool empty() const { return raw_ == nullptr; }
  ExecStatusType status() const { return PQresultStatus(raw_.get()); }
  bool is_ok() const;
  int rows() const { return PQntuples(raw_.get()); }
  bool is_null(int row, int column) const { return PQgetisnull(raw_.get(), row, column) != 0; }
  /// "" for NULL.
  std::string text(int row, int column) const;
  int64_t integer(int row, int column) const;
  /// Rows that the command changed or returned; -1 where the command doesn't count.
  int64_t affected() const;

 private:
  std::unique_ptr<PGresult, decltype(&PQclear)> raw_;
};

struct Statement {
  std::string sql;
  Values params = {};
};

/// One libpq connection, opened at first use and again where it died: the one that carries guards, snapshots, queries
/// and COPY. Belongs to one thread, but for cancel().
class Connection {
 public:
  Connection(const StoreOptions& options, const sluice_host* host);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Connects unless connected. Throws Error(unavailable, permission, not_found, ...).
  void open();
  void close();
  bool is_alive() const { return raw_ != nullptr && PQstatus(raw_.get()) == CONNECTION_OK; }
  /// Only after open().
  PGconn* raw() const { return raw_.get(); }
  /// Counts connects: tells that another backend serves now.
  int64_t incarnation() const { return incarnation_; }
  PGTransactionStatusType transaction() const { return PQtransactionStatus(raw_.get()); }

  /// One statement. Throws the server's error; `where` says what was being done.
  Result run(const std::string& sql, const Values& params = {}, const std::string& where = {});
  /// Any number of statements without parameters in one go; the last one's result, counts in `affected` summed.
  Result run_script(const std::string& sql, const std::string& where = {}, int64_t* affected = nullptr);
  /// Starts a COPY, perhaps with statements before it; returns when the server is ready to send or take rows.
  void start_copy(const std::string& sql, const std::string& where);
  /// Sends one statement whose rows are then fetched one by one with PQgetResult.
  void start_query(const std::string& sql, const Values& params, const std::string& where);
  /// Statements in one round trip; those behind a failing one don't run. Throws the first error.
  std::vector<Result> run_pipeline(const std::vector<Statement>& statements, const std::string& where);

  /// The error of `result`, or of the connection where it is empty.
  Error error(const Result& result, const std::string& where) const;
  /// Reads and drops what the server still sends, until it is ready for the next statement.
  void drain();
  /// Ends a COPY or query that nobody wants any more and drains it.
  void give_up();

  /// From any thread: ends the running statement.
  void cancel() noexcept;
  bool was_cancelled() const { return was_cancelled_; }
  /// A new operation begins: earlier cancels were for earlier ones.
  void forget_cancel() { was_cancelled_ = false; }

 private:
  using Raw = std::unique_ptr<PGconn, decltype(&PQfinish)>;
  using Cancel = std::unique_ptr<PGcancel, decltype(&PQfreeCancel)>;

  void connect();
  void wait_for_connect();
  void send_cancel() noexcept;

  const StoreOptions& options_;
  const sluice_host* host_;
  Raw raw_;
  int64_t incarnation_ = 0;
  std::atomic<bool> was_cancelled_ = false;
  std::mutex cancel_mutex_;  // guards cancel_, which another thread reads
  Cancel cancel_;
};

}  // namespace sluice::postgres
