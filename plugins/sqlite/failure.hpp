#pragma once

#include <sqlite3.h>

#include <string>

#include "base/error.hpp"

namespace SQLite {
class Exception;
}

namespace sluice::sqlite {

/// The connection's last error as ours. `doing` says what failed, such as "reading orders". A full disk is a constraint
/// (retrying does not help), a lock held by another process is unavailable (retrying does).
Error failure(sqlite3* database, const std::string& doing);
Error failure(int extended_code, const std::string& message, const std::string& doing);
Error failure(const SQLite::Exception& exception, const std::string& doing);

}  // namespace sluice::sqlite
