#pragma once

#include <string>

namespace sluice::mysql {

/// The server's own statements for a neutral catalog, as the contract's JSON. Primary keys are made with their table (the rows
/// lie in their order); all else that stands on a table comes in the stage "finish".
std::string make_ddl(const std::string& catalog, const std::string& stage, bool is_mariadb);

}  // namespace sluice::mysql
