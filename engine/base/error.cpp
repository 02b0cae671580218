#include "base/error.hpp"

#include <utility>

namespace sluice {

const char* to_text(Code code) {
  switch (code) {
    case Code::invalid_argument: return "invalid_argument";
    case Code::not_found: return "not_found";
    case Code::already_exists: return "already_exists";
    case Code::unsupported: return "unsupported";
    case Code::unavailable: return "unavailable";
    case Code::conflict: return "conflict";
    case Code::data: return "data";
    case Code::constraint: return "constraint";
    case Code::permission: return "permission";
    case Code::cancelled: return "cancelled";
    case Code::timeout: return "timeout";
    case Code::in_doubt: return "in_doubt";
    case Code::internal: return "internal";
  }
  return "internal";
}

Error::Error(Code code, std::string message, std::string hint, std::string where)
    : code_(code), message_(std::move(message)), hint_(std::move(hint)), where_(std::move(where)) {
  render();
}

Error Error::with_prefix(const std::string& prefix) const {
  Error copy = *this;
  copy.message_ = prefix + message_;
  copy.render();
  return copy;
}

Error Error::with_where(std::string where) const {
  Error copy = *this;
  copy.where_ = std::move(where);
  copy.render();
  return copy;
}

Error Error::with_hint(std::string hint) const {
  Error copy = *this;
  copy.hint_ = std::move(hint);
  copy.render();
  return copy;
}

Error Error::with_sqlstate(std::string sqlstate) const {
  Error copy = *this;
  copy.sqlstate_ = std::move(sqlstate);
  return copy;
}

Error Error::with_native_code(int native_code) const {
  Error copy = *this;
  copy.native_code_ = native_code;
  return copy;
}

void Error::render() {
  text_ = where_.empty() ? message_ : where_ + ": " + message_;
  if (!hint_.empty()) text_ += "; " + hint_;
}

}  // namespace sluice
