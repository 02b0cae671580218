#pragma once

#include <string>

#include "script/script.hpp"

namespace sluice::script {

/// Tells whether the value on top of the stack (a function or a constant) still does what it did: a digest of a
/// function's source lines and of everything that it has from around it (locals, helpers, params), however deep. Lines
/// may move. Deterministic.
std::string digest_of(Script& script);

}  // namespace sluice::script
