#pragma once

#include "script/script.hpp"

namespace sluice::script {

/// Opens the safe libraries, runs the prelude with the engine's functions, and leaves the environment for scripts on
/// the stack.
void push_sandbox(Script& script);

/// The global under which marked constructors find remember_constructor.
inline constexpr const char* kMarker = "_sluice_table";

/// Path of a module below the workflow's folder: "lib.tables" is "lib/tables.lua".
std::string module_path(const std::string& name);

}  // namespace sluice::script
