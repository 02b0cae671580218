#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include <string>
#include <vector>

#include "base/error.hpp"
#include "journal/journal.hpp"

namespace sluice::journal {

/// What reader and writer of a journal file share. A journal is an SQLite database in WAL mode with the
/// events and the epoch of the writer that may append.

/// What SQLite said, as an Error: data (not a journal, damaged), permission, not_found, unavailable.
Error sqlite_error(const std::string& path, const SQLite::Exception& error);

/// "events" exists. Throws Error(data) when the file is another program's database or of another version of the format.
bool has_schema(SQLite::Database& database, const std::string& path);
/// Creates the tables and format marks in one transaction.
void create_schema(SQLite::Database& database);

/// Statement text and its rows as events: seq >= the first parameter, in order.
extern const char* const kSelectEvents;
Event read_event(SQLite::Statement& row);

}  // namespace sluice::journal
