#pragma once

#include <libpq-fe.h>

#include <string>
#include <string_view>

#include "base/error.hpp"

/// From the server's errors to the contract's codes.
namespace sluice::postgres {

/// The SQLSTATE by which a stale fence is known; in a class that the standard leaves to implementations.
inline constexpr const char* kStaleFence = "SL001";

/// The code for a SQLSTATE. 57014 (query cancelled) is TIMEOUT unless `was_cancelled` says that we asked for it.
Code code_of_sqlstate(std::string_view sqlstate, bool was_cancelled);

/// The error that `result` (may be NULL) or, without one, the connection reports. The message keeps the server's
/// detail, hint and context; `where` says what was being done ("loading shop.orders").
Error error_of(const PGresult* result, const PGconn* connection, bool was_cancelled, const std::string& where);

/// Builds an error from its parts, for those that don't come as a PGresult.
Error make_error(const std::string& sqlstate, const std::string& message, bool was_cancelled, const std::string& where);

/// The message of a failed connection attempt made with PQERRORS_VERBOSE: "FATAL:  28P01: ..." gives code and text.
Error error_of_connecting(const PGconn* connection, const std::string& server);

}  // namespace sluice::postgres
