#pragma once

#include <string>

#include "base/error.hpp"

namespace sluice {

/// The error of a failed system call: `what` names the object ("state.db: cannot write"), the errno's own text follows.
/// ENOENT is not_found, EACCES and EPERM permission, EEXIST already_exists, everything else unavailable.
Error error_from_errno(int code, const std::string& what);

}  // namespace sluice
