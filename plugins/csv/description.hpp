#pragma once

#include <string>
#include <vector>

#include "arrow/type.hpp"

namespace sluice::csv {

/// What a target keeps of a table that is being written: its columns, as JSON [{"name", "type"}].
std::string describe_columns(const std::vector<arrow::Field>& columns);
std::vector<arrow::Field> columns_from_description(const std::string& description);

}  // namespace sluice::csv
