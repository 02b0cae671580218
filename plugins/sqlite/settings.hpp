#pragma once

#include <cstdint>
#include <string>

#include "abi/plugin_abi.h"

namespace sluice::sqlite {

enum class Access { read, write };

/// A store as its options describe it. A value; nothing has been opened.
struct Settings {
  std::string path;  ///< as written, without "sqlite:"
  Access access = Access::write;
  bool may_create = true;  ///< a missing file is made on writing access
  int busy_timeout_ms = 5000;
};

/// Throws Error(invalid_argument) naming an unknown option, a missing path, or a value that is none.
Settings settings_from_options(const sluice_option* options, int64_t count);

}  // namespace sluice::sqlite
