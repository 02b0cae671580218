#pragma once

#include <optional>
#include <string>
#include <vector>

#include "session.hpp"

namespace sluice::postgres {

/// What `catalog` and `source_state` are asked for.
struct LookFilter {
  std::string schema;
  std::vector<std::string> tables;  ///< empty: all
  std::vector<std::string> views;   ///< to be described as tables

  /// As PostgreSQL array literals, to be bound; nullopt for all tables, for no view.
  std::optional<std::string> tables_array() const;
  std::optional<std::string> views_array() const;
};

/// Reads the contract's JSON; "" or NULL stand for {}. Throws Error(invalid_argument).
LookFilter read_filter(const Session& session, const std::string& json);

}  // namespace sluice::postgres
