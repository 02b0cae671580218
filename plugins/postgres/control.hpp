#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "connection.hpp"
#include "options.hpp"

namespace sluice::postgres {

/// Rows of a small answer, as texts.
class Rows {
 public:
  size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  bool is_null(size_t row, size_t column) const { return !rows_[row][column].has_value(); }
  /// "" for NULL.
  std::string text(size_t row, size_t column) const { return rows_[row][column].value_or(""); }
  /// 0 for NULL.
  int64_t integer(size_t row, size_t column) const;
  /// PostgreSQL's "t" and "f".
  bool is_true(size_t row, size_t column) const { return text(row, column) == "t"; }

  std::vector<std::vector<std::optional<std::string>>> rows_;
  int64_t affected = 0;
};

/// The second connection of a session, through libpqxx: catalog, identity, fence and other administration, so that
/// these work also while the first one is inside a guard or in the middle of a stream. Opened at first use and again
/// where it died. Belongs to one thread, but for cancel().
class Control {
 public:
  explicit Control(const StoreOptions& options);
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  /// One statement in a transaction of its own. Throws the server's error.
  Rows ask(const std::string& sql, const Values& params = {}, const std::string& where = {});

  /// Asks within the transaction that run_transaction has open.
  using Ask = std::function<Rows(const std::string& sql, const Values& params)>;
  /// Runs `work` in one transaction and commits it; rolls back when it throws. `where` prefixes errors.
  void run_transaction(const std::string& where, const std::function<void(const Ask&)>& work);

  void close();
  /// From any thread: ends the running statement.
  void cancel() noexcept;
  bool was_cancelled() const { return was_cancelled_; }
  void forget_cancel() { was_cancelled_ = false; }

 private:
  struct Link;
  Link& link();
  template <typename Function>
  void translate(const std::string& where, Function&& function);

  const StoreOptions& options_;
  std::atomic<bool> was_cancelled_ = false;
  std::mutex link_mutex_;  // guards link_, which cancel() reads
  std::unique_ptr<Link> link_;
};

}  // namespace sluice::postgres
