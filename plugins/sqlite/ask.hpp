#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arrow/stream.hpp"

namespace sluice::sqlite {

class Session;

using Parameters = std::vector<std::optional<std::string>>;

/// Runs one query. A column gets the type that fits every value of the first thousand rows: int64, float64 (REALs, or
/// REALs and exact INTEGERs), binary (BLOBs), else text. A later value that doesn't fit fails the stream with DATA:
/// cast it in the query. Parameters are bound as texts. Throws Error(invalid_argument) for more than one statement.
std::unique_ptr<arrow::BatchReader> run_query(Session& session, const std::string& sql, const Parameters& parameters);

/// Runs one statement, or several without parameters. Answers the rows changed. Inside a guard everything belongs to
/// its transaction, and statements that would end it (BEGIN, COMMIT, ROLLBACK, ATTACH) throw Error(permission).
int64_t execute(Session& session, const std::string& sql, const Parameters& parameters);

}  // namespace sluice::sqlite
