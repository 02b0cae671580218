#pragma once

#include <memory>

#include "script/script.hpp"
#include "script/transform_watch.hpp"
#include "workflow/table_transform.hpp"

namespace sluice::script {

/// Turns the JIT on in a loaded script and keeps what makes the loops of a table. Once per state, after loading; the
/// script's own code still has neither ffi nor jit.
void open_transforms(Script& script);

/// The functions of one table of map number `map`. `script` was given to open_transforms and outlives it, as `watch`
/// does.
std::unique_ptr<workflow::TableTransform> make_table_transform(Script& script, TransformWatch& watch, size_t map,
                                                               const catalog::TableMapping& table);

}  // namespace sluice::script
