#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "abi/plugin_abi.h"
#include "arrow/builder.hpp"
#include "arrow/canonical.hpp"
#include "arrow/type.hpp"
#include "arrow/view.hpp"

namespace sluice::arrow {

/// Hash of a row's canonical encoding: XXH3-128, seeded.
struct RowHash {
  uint64_t low = 0;
  uint64_t high = 0;
  friend bool operator==(const RowHash&, const RowHash&) = default;
  friend auto operator<=>(const RowHash&, const RowHash&) = default;
};

/// Encodes rows canonically and hashes them. Encoding (VERIFICATION, "Canonical value encoding"): per value tag, length
/// where it varies, bytes; NULL is a tag of its own; integers by value across widths; decimals and numbers exact
/// without trailing zeros and equal across each other and integers-as-decimals of the same column type; doubles as bits
/// with -0 as 0 and one NaN; text raw; timestamps as microseconds with a flag for zoned; JSON with sorted keys and
/// exact numbers. Not for sharing between threads (keeps a buffer).
class RowHasher {
 public:
  /// `fields` are in comparison types.
  explicit RowHasher(std::vector<Field> fields);
  /// A hash per row of the batch.
  void hash(const ArrowArray& batch, std::vector<RowHash>& out);
  /// A hash per row over some of the columns (indexes), in their order: of keys.
  void hash_columns(const ArrowArray& batch, const std::vector<size_t>& columns, std::vector<RowHash>& out);
  /// Adds every row of the batch to the set fingerprint.
  void add_to(const ArrowArray& batch, sluice_fingerprint& sum);
  /// The canonical bytes of one row restricted to `columns` (indexes), for sorting and matching keys.
  std::string encode(const std::vector<ColumnView>& views, const std::vector<size_t>& columns, int64_t row);

 private:
  void hash_rows(const std::vector<const ColumnView*>& columns, int64_t rows, std::vector<RowHash>& out);
  void make_room(char*& at, char*& end, size_t needed);
  std::string_view encode_row(const ColumnView* const* columns, size_t count, int64_t row);

  std::vector<Field> fields_;
  std::vector<char> buffer_;
  CanonicalWriter scratch_;
};

void add_row(sluice_fingerprint& sum, const RowHash& hash);
/// a and b of disjoint row sets; sums add modulo 2^128, xors combine.
void merge(sluice_fingerprint& into, const sluice_fingerprint& other);
bool equal(const sluice_fingerprint& a, const sluice_fingerprint& b);

}  // namespace sluice::arrow
