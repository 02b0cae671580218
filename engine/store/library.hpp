#pragma once

#include "abi/plugin_abi.h"
#include "store/plugin.hpp"

namespace sluice::store {

/// Opens a plugin's library after it has proved that nobody but root and this user could have changed it: the library
/// (symlinks resolved), its manifest and their directories belong to root or this user and are not writable by others,
/// directories above are not open to everyone, and the open file has the manifest's sha256. Constructors run at dlopen,
/// so all this comes first. The library stays open for good. Answers what its entry function answers, never null.
/// Throws Error.
const sluice_plugin* open_library(const Manifest& manifest);

/// A copy of as much of `given` as both sides know, the rest zero. Throws Error(unsupported) where its version is not
/// ours, where it is not the plugin that the manifest promises, or naming the functions that its roles need and it
/// lacks.
sluice_plugin check_table(const sluice_plugin& given, const Manifest& manifest);

}  // namespace sluice::store
