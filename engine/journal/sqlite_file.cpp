#include "journal/sqlite_file.hpp"

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

namespace sluice::journal {
namespace {

constexpr int kApplicationId = 0x534c554a;  // "SLUJ"
constexpr int kFormatVersion = 1;

Code code_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return Code::data;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH: return Code::permission;
    default: return Code::unavailable;
  }
}

std::string text_of(SQLite::Statement& row, int column) {
  const SQLite::Column value = row.getColumn(column);
  return value.getString();
}

}  // namespace

const char* const kSelectEvents =
    "SELECT seq, time_us, kind, node, task, generation, data, hash FROM events "
    "WHERE seq >= CASE WHEN ?1 >= 0 THEN ?1 ELSE (SELECT coalesce(max(seq), 0) FROM events) + 1 + ?1 END ORDER BY seq";

Error sqlite_error(const std::string& path, const SQLite::Exception& error) {
  const Code code = code_of(error.getErrorCode());
  const std::string message = path + ": " + error.what();
  if (code == Code::data)
    return Error(code, message + " (expected a sluice journal)", "restore it or start another run");
  if (code == Code::permission) return Error(code, message, "run sluice as the user the state directory belongs to");
  return Error(code, message);
}

bool has_schema(SQLite::Database& database, const std::string& path) {
  const int application = database.execAndGet("PRAGMA application_id").getInt();
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  const int tables = database.execAndGet("SELECT count(*) FROM sqlite_master").getInt();
  if (tables == 0 && application == 0) return false;
  if (application != kApplicationId) {
    throw Error(Code::data, path + ": a database of another program, expected a sluice journal");
  }
  if (version != kFormatVersion) {
    throw Error(Code::data,
                path + ": journal format " + std::to_string(version) + ", expected " + std::to_string(kFormatVersion),
                "use the sluice that wrote it");
  }
  return true;
}

void create_schema(SQLite::Database& database) {
  SQLite::Transaction transaction(database);
  database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  database.exec("PRAGMA user_version = " + std::to_string(kFormatVersion));
  database.exec(
      "CREATE TABLE events (seq INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, kind TEXT NOT NULL, node TEXT NOT NULL,"
      " task TEXT NOT NULL, generation INTEGER NOT NULL, data TEXT NOT NULL, hash TEXT NOT NULL) STRICT");
  database.exec("CREATE TABLE writer (epoch INTEGER NOT NULL) STRICT");
  database.exec("INSERT INTO writer VALUES (0)");
  transaction.commit();
}

Event read_event(SQLite::Statement& row) {
  Event event;
  event.seq = row.getColumn(0).getInt64();
  event.time_us = row.getColumn(1).getInt64();
  event.kind = text_of(row, 2);
  event.node = text_of(row, 3);
  event.task = text_of(row, 4);
  event.generation = row.getColumn(5).getUInt();
  event.data = text_of(row, 6);
  event.hash = text_of(row, 7);
  return event;
}

}  // namespace sluice::journal
