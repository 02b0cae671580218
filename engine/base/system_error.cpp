#include "base/system_error.hpp"

#include <cerrno>
#include <system_error>

namespace sluice {

Error error_from_errno(int code, const std::string& what) {
  const std::string message = what + ": " + std::generic_category().message(code);
  switch (code) {
    case ENOENT:
    case ENOTDIR: return Error(Code::not_found, message);
    case EACCES:
    case EPERM:
    case EROFS: return Error(Code::permission, message);
    case EEXIST: return Error(Code::already_exists, message);
    case ENOSPC:
    case EDQUOT: return Error(Code::unavailable, message, "free some space and try again");
    default: return Error(Code::unavailable, message).with_native_code(code);
  }
}

}  // namespace sluice
