#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/error.hpp"

namespace sluice::files {

/// The connection's last error as ours; `doing` says what failed.
Error failure(sqlite3* database, const std::string& doing);

/// Owns one prepared statement on a home's database. Errors throw sluice::Error beginning with `doing`.
class Statement {
 public:
  /// Values are bound in order: texts are copied.
  template <typename... Values>
  Statement(sqlite3* database, const std::string& sql, std::string doing, const Values&... values)
      : database_(database), doing_(std::move(doing)) {
    prepare(sql);
    int index = 0;
    (bind(++index, values), ...);
  }
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  /// True on a row, false at the end.
  bool step();
  int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string text(int column) const;

 private:
  void prepare(const std::string& sql);
  void bind(int index, std::string_view value);
  template <typename Integer>
  std::enable_if_t<std::is_integral_v<Integer>> bind(int index, Integer value) {
    check(sqlite3_bind_int64(statement_, index, static_cast<int64_t>(value)));
  }
  void check(int code);

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  std::string doing_;
};

/// Runs one statement and answers the rows changed.
template <typename... Values>
int64_t change(sqlite3* database, const std::string& sql, const std::string& doing, const Values&... values) {
  Statement statement(database, sql, doing, values...);
  while (statement.step()) {
  }
  return sqlite3_changes64(database);
}

}  // namespace sluice::files
