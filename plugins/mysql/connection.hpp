#pragma once

#include <mysql.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "options.hpp"

namespace sluice::mysql {

/// Parameters of a statement, in text form; nullopt is NULL.
using Values = std::vector<std::optional<std::string>>;

/// A whole small result, as texts.
struct Rows {
  std::vector<std::string> names;
  std::vector<std::vector<std::optional<std::string>>> rows;
  int64_t affected = -1;  ///< rows that the statement changed; -1 for one that answers rows

  bool empty() const { return rows.empty(); }
  size_t size() const { return rows.size(); }
  bool is_null(size_t row, size_t column) const { return !rows[row][column].has_value(); }
  /// "" for NULL.
  std::string text(size_t row, size_t column) const { return rows[row][column].value_or(""); }
  /// 0 for NULL.
  int64_t integer(size_t row, size_t column) const;
};

/// Owns a prepared statement. The connection must outlive it.
class Statement {
 public:
  /// Prepares. Throws the server's error.
  Statement(class Connection& connection, const std::string& sql, const std::string& where);
  MYSQL_STMT* raw() const { return raw_.get(); }
  /// Binds texts and executes.
  void execute(const Values& params);
  /// Executes with what was bound by the caller.
  void execute();
  Error error() const;

 private:
  Connection& connection_;
  std::string where_;
  std::unique_ptr<MYSQL_STMT, decltype(&mysql_stmt_close)> raw_;
};

/// One connection, opened at first use. Belongs to one thread, but for cancel().
class Connection {
 public:
  explicit Connection(const StoreOptions& options) : options_(options), raw_(nullptr, mysql_close) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Connects unless connected. Throws Error(unavailable, permission, not_found, ...).
  void open();
  void close();
  bool is_alive() const { return raw_ != nullptr && !is_lost_; }
  MYSQL* raw() const { return raw_.get(); }
  unsigned long id() const { return id_; }
  bool is_mariadb() const { return is_mariadb_; }
  /// "10.11.6-MariaDB"
  std::string version() const;
  const StoreOptions& options() const { return options_; }

  /// One statement and its whole result.
  Rows run(const std::string& sql, const Values& params = {}, const std::string& where = {});
  /// Ends whatever transaction is open; closes a connection on which that fails.
  void roll_back() noexcept;
  /// When the server began, as text: tells its connections' numbers apart from those before a restart.
  std::string server_start();
  /// The error of the last call; notes that the connection is lost where it is.
  Error error(const std::string& where);
  Error error(unsigned number, const char* sqlstate, const char* message, const std::string& where);

  /// From any thread: ends the running statement.
  void cancel() noexcept;
  /// The same for a query whose rows nobody wants any more.
  void end_query() noexcept;
  bool was_cancelled() const { return was_cancelled_; }
  void forget_cancel() { was_cancelled_ = false; }

 private:
  using Raw = std::unique_ptr<MYSQL, decltype(&mysql_close)>;

  Raw connect() const;
  Rows run_plain(const std::string& sql, const std::string& where);
  Rows run_bound(const std::string& sql, const Values& params, const std::string& where);

  const StoreOptions& options_;
  Raw raw_;
  bool is_lost_ = false;
  bool is_mariadb_ = false;
  std::mutex id_mutex_;
  unsigned long id_ = 0;  // written under id_mutex_, for cancel
  std::atomic<bool> was_cancelled_ = false;
};

}  // namespace sluice::mysql
