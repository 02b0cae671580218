#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "verify/sample_keys.hpp"

namespace sluice::verify {

/// A row read again: its hash, and per column a hash and the value as text (nullopt for NULL), in comparison types.
struct RereadRow {
  arrow::RowHash row;
  std::vector<arrow::RowHash> columns;
  std::vector<std::optional<std::string>> texts;
};

/// By key hash.
using RereadRows = std::map<arrow::RowHash, RereadRow>;

/// Fetches rows by key through the store's query language: not the path that `read` takes. Brings what the query
/// delivers to the comparison types. Rows of other keys that a store takes for equal (collations) may be among them.
RereadRows reread_rows(const TableSide& side, const std::vector<KeyTexts>& keys);

}  // namespace sluice::verify
