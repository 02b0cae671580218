#pragma once

#include <optional>
#include <string>
#include <vector>

#include "script/table_view.hpp"
#include "workflow/value.hpp"
#include "workflow/words.hpp"

namespace sluice::script {

/// Reads the value at `index` as the field says. `label` names it in messages: `copy.tables: workers`. Actions, nodes,
/// stores and on_fail are read by who knows them. Throws where the value is of another kind, with what was expected and
/// found.
workflow::Value read_value(Script& script, int index, const workflow::FieldSpec& field, const std::string& label,
                           const Place& place);

/// Reads all fields of a table that the word knows as plain values, fills in defaults, and checks that required ones
/// are there.
workflow::Value::Object read_fields(Script& script, const TableView& table,
                                    const std::vector<workflow::FieldSpec>& fields);

/// A text that may go into plans and journals: valid UTF-8 without NUL.
std::string read_text(Script& script, int index, const std::string& label, const Place& place);
std::vector<std::string> read_text_list(Script& script, int index, const std::string& label, const Place& place);

/// "expected a text, found the number 5"
Error unexpected(Script& script, int index, const std::string& label, const std::string& expected, const Place& place);

/// Names of phases, steps, gates, stores and params: [a-z_][a-z0-9_]*.
bool is_name(const std::string& text);
void require_name(const std::string& name, const std::string& label, const Place& place);

/// "5", "0.25": the shortest text that reads back.
std::string number_to_text(double number);
/// A whole number below 2^53, which Lua holds exactly.
std::optional<int64_t> to_whole(double number);

}  // namespace sluice::script
