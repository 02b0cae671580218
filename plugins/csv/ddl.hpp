#pragma once

#include <string>

#include "settings.hpp"

namespace sluice::csv {

/// The statements of a target, which are texts of JSON that run_statement understands: {"create": TABLE, "columns":
/// [...]},
/// {"finish": TABLE} (makes the file of its parts), {"clear": TABLE}; {"count": TABLE} is a query.
std::string ddl_for_catalog(const Dialect& dialect, const std::string& catalog, const std::string& stage);

}  // namespace sluice::csv
