#pragma once

#include <string>

#include "abi/plugin_sdk.hpp"
#include "native.hpp"

namespace sluice::mysql {

/// The condition of a read: lower <= key < upper and spec.where, or "" for the whole table. Rows whose key is NULL belong to
/// the range that is open below. Throws Error(unsupported) for several key columns of which one may be NULL, and for a value
/// that the column's type does not hold.
std::string range_condition(const NativeTable& table, const sdk::ReadSpec& spec);

}  // namespace sluice::mysql
