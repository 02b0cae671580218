#pragma once

#include <cstdint>
#include <string>

#include "abi/plugin_sdk.hpp"
#include "session.hpp"

namespace sluice::mysql {

/// Cuts a table into about `wanted` ranges, as the contract's JSON: by the given key, else by the primary key's first column
/// where that is an integer, a decimal or a date. Other tables stay whole.
std::string plan_chunks(Session& session, const sdk::ReadSpec& spec, int64_t wanted);

}  // namespace sluice::mysql
