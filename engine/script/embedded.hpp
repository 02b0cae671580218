#pragma once

#include <map>
#include <string>

namespace sluice::script {

/// The Lua parts that are built in (scripts/sluice/*.lua): name without suffix to source.
const std::map<std::string, std::string>& embedded_parts();

}  // namespace sluice::script
