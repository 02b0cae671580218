#include "catalog/evidence_view.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "catalog/decide_type.hpp"

namespace sluice::catalog {

namespace {

/// Integers up to here are exact as doubles.
constexpr int64_t kExactDouble = int64_t{1} << 53;

int digits_of(int64_t value) {
  int digits = 0;
  for (; value != 0; value /= 10) ++digits;
  return digits;
}

template <typename T>
bool fits(int64_t low, int64_t high) {
  return low >= static_cast<int64_t>(std::numeric_limits<T>::min()) &&
         high <= static_cast<int64_t>(std::numeric_limits<T>::max());
}

std::string counted(int64_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string describe_scale(const Evidence& evidence) {
  if (evidence.max_scale < 0) return ", more than 9 decimals";
  return ", at most " + counted(evidence.max_scale, "decimal");
}

}  // namespace

bool EvidenceView::integers_are_exact_doubles() const {
  return evidence_.integers == 0 || (evidence_.min_integer >= -kExactDouble && evidence_.max_integer <= kExactDouble);
}

bool EvidenceView::integers_fit(arrow::Kind kind) const {
  const int64_t low = evidence_.min_integer;
  const int64_t high = evidence_.max_integer;
  switch (kind) {
    case arrow::Kind::int8: return fits<int8_t>(low, high);
    case arrow::Kind::int16: return fits<int16_t>(low, high);
    case arrow::Kind::int32: return fits<int32_t>(low, high);
    case arrow::Kind::uint8: return fits<uint8_t>(low, high);
    case arrow::Kind::uint16: return fits<uint16_t>(low, high);
    case arrow::Kind::uint32: return fits<uint32_t>(low, high);
    case arrow::Kind::uint64: return low >= 0;
    default: return true;
  }
}

int EvidenceView::digits() const {
  int most = evidence_.max_digits;
  if (evidence_.integers > 0) {
    most = std::max({most, digits_of(evidence_.min_integer), digits_of(evidence_.max_integer)});
  }
  return most;
}

bool has_evidence(const Column& column) {
  if (!column.evidence) return false;
  const EvidenceView seen(*column.evidence);
  return seen.values() + seen->nulls == seen->rows;
}

std::string describe(const Evidence& evidence) {
  std::vector<std::string> parts;
  if (evidence.nulls > 0) parts.push_back(std::to_string(evidence.nulls) + " NULL");
  if (evidence.integers > 0) parts.push_back(counted(evidence.integers, "integer"));
  if (evidence.reals > 0) parts.push_back(counted(evidence.reals, "real") + describe_scale(evidence));
  // A scan stops classifying at the first text that is no time, so a part of them counts for nothing.
  const bool all_times = evidence.dates + evidence.timestamps + evidence.zoned == evidence.texts;
  if (!all_times) parts.push_back(counted(evidence.texts, "text"));
  if (all_times && evidence.dates > 0) parts.push_back(counted(evidence.dates, "date"));
  if (all_times && evidence.timestamps > 0) parts.push_back(counted(evidence.timestamps, "timestamp"));
  if (all_times && evidence.zoned > 0) parts.push_back(counted(evidence.zoned, "timestamp") + " with zone");
  if (evidence.blobs > 0) parts.push_back(counted(evidence.blobs, "blob"));
  std::string text = counted(evidence.rows, "row") + " scanned: ";
  for (size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? ", " : "") + parts[i];
  return parts.empty() ? counted(evidence.rows, "row") + " scanned" : text;
}

}  // namespace sluice::catalog
