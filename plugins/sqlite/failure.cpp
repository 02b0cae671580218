#include "failure.hpp"

#include <SQLiteCpp/Exception.h>

#include <cstring>

namespace sluice::sqlite {

namespace {

struct Meaning {
  Code code;
  const char* hint;
};

bool begins(const std::string& text, const char* start) { return text.compare(0, std::strlen(start), start) == 0; }

Meaning meaning_of_plain_error(const std::string& message) {
  if (begins(message, "no such ")) return {Code::not_found, ""};
  if (message.find("already exists") != std::string::npos) return {Code::already_exists, ""};
  return {Code::invalid_argument, ""};
}

Meaning meaning_of(int extended_code, const std::string& message) {
  switch (extended_code) {
    case SQLITE_READONLY_ROLLBACK:
      return {Code::permission,
              "a crashed writer left a journal behind: open the file once for writing, with its application"};
    case SQLITE_BUSY_SNAPSHOT: return {Code::conflict, ""};
    default: break;
  }
  switch (extended_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Code::unavailable, "another connection holds the lock; raise busy_timeout or end it"};
    case SQLITE_INTERRUPT: return {Code::cancelled, ""};
    case SQLITE_READONLY: return {Code::permission, "the store is open for reading only, or the file can't be written"};
    case SQLITE_PERM:
    case SQLITE_AUTH: return {Code::permission, ""};
    case SQLITE_CANTOPEN:
      return {Code::permission, "the file or the journal beside it can't be opened; its directory may be read-only"};
    case SQLITE_NOTADB: return {Code::invalid_argument, "name a file that SQLite made"};
    case SQLITE_CORRUPT: return {Code::data, "the file is damaged: check it with PRAGMA integrity_check"};
    case SQLITE_FULL: return {Code::constraint, "the disk is full: make room, then resume"};
    case SQLITE_CONSTRAINT: return {Code::constraint, ""};
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG: return {Code::data, ""};
    case SQLITE_ERROR: return meaning_of_plain_error(message);
    default: return {Code::internal, ""};
  }
}

}  // namespace

Error failure(int extended_code, const std::string& message, const std::string& doing) {
  const Meaning meaning = meaning_of(extended_code, message);
  const std::string prefix = doing.empty() ? "" : doing + ": ";
  const int code = extended_code & 0xff;
  // So that nobody takes it for the fault of a row: the class of insufficient resources, as servers say it.
  const bool is_of_file = code == SQLITE_FULL || code == SQLITE_CORRUPT;
  return Error(meaning.code, prefix + message, meaning.hint).with_native_code(extended_code).with_sqlstate(is_of_file ? "53100" : "");
}

Error failure(sqlite3* database, const std::string& doing) {
  return failure(sqlite3_extended_errcode(database), sqlite3_errmsg(database), doing);
}

Error failure(const SQLite::Exception& exception, const std::string& doing) {
  return failure(exception.getExtendedErrorCode(), exception.what(), doing);
}

}  // namespace sluice::sqlite
