#pragma once

#include <map>
#include <string>
#include <vector>

namespace sluice::files {

/// Options as a store gets them, by name.
using Given = std::map<std::string, std::string>;

/// Replaces the option `url`, SCHEME:PATH?NAME=VALUE&NAME=VALUE with %XX for special characters, by `path` and those options; what is there
/// under the whole name is the path, without options. `known`: the store's options, of which url and path are the first two. Throws
/// Error(invalid_argument) for a host, an unknown option, one that is given twice, or no path at all.
void take_url(const std::string& scheme, const std::vector<std::string>& known, Given& given);

}  // namespace sluice::files
