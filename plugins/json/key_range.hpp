#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "abi/plugin_sdk.hpp"
#include "scan.hpp"
#include "segments.hpp"

namespace sluice::json {

/// Rows whose integer in one column lies in [lower, upper).
struct KeyRange {
  const Column* column = nullptr;
  int64_t lower = std::numeric_limits<int64_t>::min();
  std::optional<int64_t> upper;

  bool has(int64_t value) const { return value >= lower && (!upper || value < *upper); }
};

/// What a read asks for: positions of records, or a range of an integer column. Throws Error(unsupported) for others,
/// Error(not_found) for a column that isn't there.
PositionRange positions_of(const Table& table, const sdk::ReadSpec& spec);
std::optional<KeyRange> key_range_of(const Table& table, const sdk::ReadSpec& spec);

/// Throws Error(not_found) naming the nearest column.
const Column& find_column(const Table& table, const std::string& name);

}  // namespace sluice::json
