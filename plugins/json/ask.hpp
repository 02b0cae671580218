#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "arrow/stream.hpp"

namespace sluice::json {

class Session;

/// {"count": TABLE}: its rows. Throws Error(invalid_argument) for any other text.
std::unique_ptr<arrow::BatchReader> run_query(Session& session, const std::string& text);

/// Inside a guard: one statement of ddl. Answers the rows it removed.
int64_t run_statement(Session& session, const std::string& text);

}  // namespace sluice::json
