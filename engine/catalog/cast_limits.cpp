#include "catalog/cast_limits.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "catalog/evidence_view.hpp"

namespace sluice::catalog {

namespace {

constexpr int64_t kFirstDay = -719'162;  // 0001-01-01
constexpr int64_t kLastDay = 2'932'896;  // 9999-12-31
constexpr int64_t kSecondsPerDay = 86'400;

constexpr CastRange moments(int64_t units_per_second) {
  return {kFirstDay * kSecondsPerDay * units_per_second, (kLastDay + 1) * kSecondsPerDay * units_per_second - 1};
}

const std::array<std::pair<const char*, CastRange>, 5> kRanges = {{{"unix_seconds", moments(1)},
                                                                   {"unix_millis", moments(1'000)},
                                                                   {"unix_micros", moments(1'000'000)},
                                                                   {"epoch_days", {kFirstDay, kLastDay}},
                                                                   {"boolean", {0, 1}}}};

bool holds(const CastRange& range, const Evidence& evidence) {
  return evidence.min_integer >= range.least && evidence.max_integer <= range.most;
}

/// The cast with a range of the same meaning that would take all the values.
std::string better_than(const std::string& cast, const Evidence& evidence) {
  for (const char* other : {"unix_millis", "unix_micros"}) {
    if (cast.rfind("unix_", 0) == 0 && other != cast && holds(*range_of(other), evidence)) return other;
  }
  return {};
}

}  // namespace

std::optional<CastRange> range_of(const std::string& cast) {
  const auto found = std::ranges::find(kRanges, cast, [](const auto& entry) { return std::string(entry.first); });
  return found == kRanges.end() ? std::nullopt : std::optional(found->second);
}

std::string doubt_of(const Column& column, const Decision& decision) {
  if (!has_evidence(column) || decision.chain.empty()) return {};
  const Evidence& seen = *column.evidence;
  const std::string& first = decision.chain.front().call.name;
  const auto range = range_of(first);
  if (!range || seen.integers == 0 || holds(*range, seen)) return {};
  const std::string better = better_than(first, seen);
  return "integers from " + std::to_string(seen.min_integer) + " to " + std::to_string(seen.max_integer) +
         ", and cast." + first + " takes " + std::to_string(range->least) + " to " + std::to_string(range->most) +
         ": the copy will refuse the others" + (better.empty() ? "" : "; is it cast." + better + "?");
}

}  // namespace sluice::catalog
