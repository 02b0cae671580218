#pragma once

#include <string>
#include <vector>

#include "session.hpp"

namespace sluice::mysql {

/// What `catalog` and `source_state` are asked for.
struct LookFilter {
  std::string schema;
  std::vector<std::string> tables;  ///< empty: all
  std::vector<std::string> views;   ///< to be described as tables
  bool evidence = false;
};

/// Reads the contract's JSON; "" stands for {}. Throws Error(invalid_argument).
LookFilter read_filter(const Session& session, const std::string& json);

}  // namespace sluice::mysql
