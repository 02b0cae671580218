#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "catalog/decide_type.hpp"

/// What a scan already says about the casts that a map names, before any row is read.
namespace sluice::catalog {

/// The integers that a cast takes, for those that have a range. Times end with the year 9999: beyond it a unit was
/// mistaken.
struct CastRange {
  int64_t least = 0;
  int64_t most = 0;
};
std::optional<CastRange> range_of(const std::string& cast);

/// "" where the scan shows no value that the first cast refuses.
std::string doubt_of(const Column& column, const Decision& decision);

}  // namespace sluice::catalog
