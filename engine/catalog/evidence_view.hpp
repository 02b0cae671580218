#pragma once

#include <cstdint>

#include "arrow/type.hpp"
#include "catalog/catalog.hpp"

namespace sluice::catalog {

inline bool is_integer(arrow::Kind kind) { return kind >= arrow::Kind::int8 && kind <= arrow::Kind::uint64; }

/// Questions that type decisions ask of a scan. Does not own the evidence.
class EvidenceView {
 public:
  explicit EvidenceView(const Evidence& evidence) : evidence_(evidence) {}
  const Evidence* operator->() const { return &evidence_; }
  const Evidence& operator*() const { return evidence_; }

  /// Rows that are not NULL.
  int64_t values() const { return evidence_.integers + evidence_.reals + evidence_.texts + evidence_.blobs; }
  bool is_empty() const { return values() == 0; }
  /// Every value is of a class that counts so many.
  bool all(int64_t count) const { return !is_empty() && count == values(); }
  /// Integers and reals only, and none of the integers would change as a double.
  bool all_doubles() const { return all(evidence_.integers + evidence_.reals) && integers_are_exact_doubles(); }
  bool integers_are_exact_doubles() const;
  /// Integers, reals and texts that are decimal numbers.
  bool all_numbers() const { return all(evidence_.integers + evidence_.reals + evidence_.numbers); }
  bool integers_fit(arrow::Kind kind) const;
  /// Most digits before the point of any value.
  int digits() const;

 private:
  const Evidence& evidence_;
};

}  // namespace sluice::catalog
