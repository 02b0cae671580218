#pragma once

#include <string>

#include "catalog/map_spec.hpp"
#include "script/table_view.hpp"

/// Casts as values of a map's `columns`: cast.unix_seconds, or { cast.trim, cast.null_if("") }.
namespace sluice::script {

/// One entry of `columns`, as it was written.
struct ColumnEntry {
  std::string pattern;  ///< "table.column"
  std::string label;    ///< for messages: map: columns["orders.placed_on"]
  Place place;
};

/// Whether the value at `index` of the stack can only be meant as casts.
bool is_casts_entry(Script& script, int index);

/// Takes that value. Throws where it is neither a cast nor a list of them, or the column has casts already.
void read_casts_entry(Script& script, int index, const ColumnEntry& entry, catalog::MapSpec& spec);

}  // namespace sluice::script
