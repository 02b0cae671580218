#pragma once

#include <string>
#include <vector>

#include "script/table_view.hpp"
#include "workflow/workflow.hpp"

namespace sluice::script {

/// The nodes of a table's list, in order, lists inside lists flattened, each taken out of the script's items. `allowed`
/// says which kinds may stand here; anything else is refused with what was meant.
std::vector<workflow::Node> take_nodes(Script& script, const TableView& table,
                                       const std::vector<workflow::NodeKind>& allowed);

/// Reads the table of `step "name" { ... }` and the other words with names, at index 2 of the stack.
workflow::Node read_phase(Script& script, const TableView& table);
workflow::Node read_step(Script& script, const TableView& table);
/// `index`: a criterion as text, or a table.
workflow::Node read_gate(Script& script, int index, const std::string& label, const Place& place);

}  // namespace sluice::script
