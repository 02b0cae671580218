#pragma once

#include <mysql.h>

#include <string>

#include "base/error.hpp"

namespace sluice::mysql {

/// The server's or the client library's error number as the contract's code.
Code code_of(unsigned number);

/// An error of a connection or a statement; `where` says what was being done.
Error error_of(unsigned number, const char* sqlstate, const char* message, const std::string& where, bool was_cancelled);

/// The connection is gone: nothing more can be asked on it.
bool is_lost(unsigned number);

}  // namespace sluice::mysql
