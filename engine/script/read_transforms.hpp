#pragma once

#include <string>
#include <vector>

#include "catalog/transform_spec.hpp"
#include "script/table_view.hpp"
#include "workflow/words.hpp"

/// The functions and constants of `map { ... }`: its field `columns`, and the blocks of single tables.
namespace sluice::script {

/// The fields of a map that are plain values; read_fields takes the blocks for granted then.
std::vector<workflow::FieldSpec> plain_map_fields(const workflow::Word& map);

/// Reads them from the map's table and keeps the functions in the script under "INDEX:ID", INDEX being that of the map
/// which is read. Throws for a field that is neither one of the map's nor a block, naming the nearest.
catalog::TransformSpecs read_transforms(Script& script, const TableView& map, const workflow::Word& word);

/// One entry of a `columns` table, on top of the stack and left there: a function(v, row), or a constant for every row.
/// `is_exact`: it stands in a table's own block.
void read_column_entry(Script& script, const std::string& pattern, const std::string& id, bool is_exact,
                       const Place& place, catalog::TransformSpecs& out);

/// "0:columns[...]"
std::string transform_key(size_t map, const std::string& id);

}  // namespace sluice::script
