#include "statement.hpp"

#include <utility>

namespace sluice::files {

namespace {

Code code_of(int extended) {
  switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Code::unavailable;
    case SQLITE_INTERRUPT: return Code::cancelled;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN: return Code::permission;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Code::data;
    case SQLITE_FULL:
    case SQLITE_CONSTRAINT: return Code::constraint;
    default: return Code::internal;
  }
}

}  // namespace

Error failure(sqlite3* database, const std::string& doing) {
  const int code = sqlite3_extended_errcode(database);
  const char* const hint = (code & 0xff) == SQLITE_FULL ? "the disk is full: make room, then resume" : "";
  const bool is_of_file = (code & 0xff) == SQLITE_FULL || (code & 0xff) == SQLITE_CORRUPT;
  return Error(code_of(code), doing + ": " + sqlite3_errmsg(database), hint).with_native_code(code).with_sqlstate(is_of_file ? "53100" : "");
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      doing_(std::move(other.doing_)) {}

void Statement::prepare(const std::string& sql) {
  check(sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr));
}

void Statement::bind(int index, std::string_view value) {
  check(sqlite3_bind_text64(statement_, index, value.data() == nullptr ? "" : value.data(), value.size(),
                            SQLITE_TRANSIENT, SQLITE_UTF8));
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) throw failure(database_, doing_);
  return false;
}

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {data == nullptr ? "" : data, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

void Statement::check(int code) {
  if (code != SQLITE_OK) throw failure(database_, doing_);
}

}  // namespace sluice::files
