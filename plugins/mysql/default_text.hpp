#pragma once

#include <string>

#include "native.hpp"

namespace sluice::mysql {

/// A default in neutral form; `text` counts for "literal" and "native".
struct NeutralDefault {
  std::string kind = "none";
  std::string text = {};
};

/// From what the information schema says of a column's default: MariaDB gives an expression, MySQL a bare text unless it says
/// DEFAULT_GENERATED.
NeutralDefault default_of(const NativeColumn& column, bool is_mariadb);

}  // namespace sluice::mysql
