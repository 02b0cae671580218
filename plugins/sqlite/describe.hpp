#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "evidence.hpp"
#include "shape.hpp"

namespace sluice::sqlite {

class Session;

/// One table as the contract's catalog has it, without rows and bytes. `sql` is its CREATE TABLE; `evidence` may be
/// NULL. What can't be described goes to `notes`.
nlohmann::json describe_table(Session& session, const TableShape& shape, const std::string& sql,
                              const TableEvidence* evidence, std::vector<std::string>& notes);

}  // namespace sluice::sqlite
