#pragma once

#include <string>

#include "abi/plugin_sdk.hpp"
#include "shape.hpp"

namespace sluice::postgres {

/// The condition of a read: lower <= key < upper and spec.where, or "" for the whole table. Key values become literals
/// of the key column's own type. Rows whose key is NULL belong to the range that is open below. Throws
/// Error(unsupported) for several key columns of which one may be NULL, and for a value that the column's type does not
/// hold.
std::string range_condition(const TableShape& shape, const sdk::ReadSpec& spec);

}  // namespace sluice::postgres
