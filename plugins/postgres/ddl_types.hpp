#pragma once

#include <string>

#include "arrow/type.hpp"

namespace sluice::postgres {

/// " DEFAULT ..." for a neutral default, "" where it cannot be kept.
std::string default_clause(const std::string& kind, const std::string& text, arrow::Kind column);

/// PostgreSQL's own text types, which lose nothing as text or varchar.
bool is_kept_as_text(const std::string& native);

}  // namespace sluice::postgres
