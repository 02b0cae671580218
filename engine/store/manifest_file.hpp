#pragma once

#include <string>

#include "store/plugin.hpp"

namespace sluice::store {

/// Reads a manifest: {"name", "version", "file", "sha256", "roles", "schemes", "language", "options": [{"name", "help",
/// "required"}]}. Opens nothing else. Throws Error naming the field that is wrong.
Manifest read_manifest(const std::string& path);

}  // namespace sluice::store
