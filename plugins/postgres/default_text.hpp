#pragma once

#include <string>

namespace sluice::postgres {

/// A default in neutral form; `text` counts for "literal" and "native".
struct NeutralDefault {
  std::string kind = "none";
  std::string text = {};
};

/// From the server's expression (pg_get_expr) of a column's default.
NeutralDefault default_from_expression(const std::string& expression);

}  // namespace sluice::postgres
