#pragma once

#include <string>

namespace sluice::json {

struct Settings;

/// The contract's ddl: statements that run_statement and run_query understand, as JSON.
std::string ddl_for_catalog(const Settings& settings, const std::string& catalog, const std::string& stage);

}  // namespace sluice::json
