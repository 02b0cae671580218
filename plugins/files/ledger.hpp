#pragma once

#include <string>

#include "abi/plugin_sdk.hpp"

namespace sluice::files {

class Home;

/// One row as JSON, "{}" where there is none.
std::string ledger_row(Home& home, const sdk::WorkKey& key);

}  // namespace sluice::files
