#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/plan.hpp"

/// An action's fields as the plan keeps them, for the time of running. Absent fields have the fallback of the table of words.
namespace sluice::steps {

int64_t integer_field(const plan::PlannedNode& node, const std::string& name, int64_t fallback);
std::string text_field(const plan::PlannedNode& node, const std::string& name, const std::string& fallback = {});
std::vector<std::string> list_field(const plan::PlannedNode& node, const std::string& name);
/// Pairs of a table with text values, sorted by name.
std::vector<std::pair<std::string, std::string>> table_field(const plan::PlannedNode& node, const std::string& name);

}  // namespace sluice::steps
