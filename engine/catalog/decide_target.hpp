#pragma once

#include <string>
#include <vector>

#include "catalog/decide_keys.hpp"
#include "catalog/map_spec.hpp"

namespace sluice::catalog {

/// The neutral catalog that the target is asked to build for the decided tables. What cannot be kept is said in
/// `warnings`.
Catalog build_target(const std::vector<DecidedTable>& tables, const MapSpec& spec, const std::string& target_schema,
                     std::vector<std::string>& warnings);

/// The default of a column in its decided type; kind "none" with a reason in `problem` where it cannot be kept.
Default adjust_default(const Default& from, const Type& type, bool same_kind, std::string& problem);

}  // namespace sluice::catalog
