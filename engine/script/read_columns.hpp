#pragma once

#include <string>
#include <vector>

#include "catalog/map_spec.hpp"
#include "script/table_view.hpp"

/// What a map says about columns: `columns = { ["orders.placed_on"] = cast.unix_seconds }`, and the same in a block of
/// a table, `orders = { columns = { placed_on = cast.unix_seconds } }`.
namespace sluice::script {

/// The word's fields, and one more for each block of a table. Throws for a name that is neither, with the nearest
/// field.
std::vector<workflow::FieldSpec> fields_with_blocks(Script& script, const TableView& map, const workflow::Word& word);

/// Reads `columns` and all blocks of tables. Throws where an entry is wrong or a column has two.
void read_columns(Script& script, const TableView& map, const workflow::Word& word, catalog::MapSpec& spec);

/// One entry of `columns`, as it was written.
struct ColumnEntry {
  std::string pattern;  ///< "table.column"
  std::string label;    ///< for messages: map: columns["orders.placed_on"]
  Place place;
};

/// Takes the value at `index` of the stack for a column: a cast, or a list of them.
void read_column_entry(Script& script, int index, const ColumnEntry& entry, catalog::MapSpec& spec);

}  // namespace sluice::script
