#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::sqlite {

class Session;

/// Owns one prepared statement of the raw C interface, for the hot paths and where SQLiteCpp says too little. Errors
/// throw sluice::Error beginning with `doing`. Must go before its session.
class Statement {
 public:
  /// Prepares the first statement of `sql`; `tail`, when given, receives what follows it.
  Statement(Session& session, std::string_view sql, std::string doing, std::string_view* tail = nullptr);
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  /// Nothing but white space or comments was there to prepare.
  bool is_empty() const { return statement_ == nullptr; }
  sqlite3_stmt* get() const { return statement_; }

  /// True on a row, false at the end. Throws Error(cancelled) after the session's cancel().
  bool step();
  void reset() { sqlite3_reset(statement_); }

  void bind(int index, int64_t value) { check(sqlite3_bind_int64(statement_, index, value)); }
  void bind(int index, double value) { check(sqlite3_bind_double(statement_, index, value)); }
  /// Texts and blobs are not copied: they must live until the next reset or bind.
  void bind_text(int index, std::string_view value) {
    check(sqlite3_bind_text64(statement_, index, value.data() == nullptr ? "" : value.data(), value.size(),
                              SQLITE_STATIC, SQLITE_UTF8));
  }
  void bind_copy(int index, std::string_view value) {
    check(sqlite3_bind_text64(statement_, index, value.data() == nullptr ? "" : value.data(), value.size(),
                              SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  void bind_blob(int index, std::string_view value) {
    check(sqlite3_bind_blob64(statement_, index, value.data() == nullptr ? "" : value.data(), value.size(),
                              SQLITE_STATIC));
  }
  void bind_blob_copy(int index, std::string_view value) {
    check(sqlite3_bind_blob64(statement_, index, value.data() == nullptr ? "" : value.data(), value.size(),
                              SQLITE_TRANSIENT));
  }
  void bind_null(int index) { check(sqlite3_bind_null(statement_, index)); }

  int width() const { return sqlite3_column_count(statement_); }
  int type(int column) const { return sqlite3_column_type(statement_, column); }
  bool is_null(int column) const { return type(column) == SQLITE_NULL; }
  int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  double real(int column) const { return sqlite3_column_double(statement_, column); }
  /// As UTF-8, with its whole length whatever bytes are in it. Valid until the next step.
  std::string_view text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return {data == nullptr ? "" : data, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }
  std::string_view blob(int column) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {data == nullptr ? "" : data, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }
  std::string string(int column) const { return std::string(text(column)); }

 private:
  void check(int code) {
    if (code != SQLITE_OK) [[unlikely]]
      fail();
  }
  [[noreturn]] void fail();

  Session& session_;
  sqlite3_stmt* statement_ = nullptr;
  std::string doing_;
};

}  // namespace sluice::sqlite
