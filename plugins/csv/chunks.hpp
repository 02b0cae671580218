#pragma once

#include <cstdint>
#include <string>

#include "abi/plugin_sdk.hpp"

namespace sluice::csv {

class Session;

/// Cuts a table into about `wanted` ranges of about equal bytes. A cut is the byte at which a row begins, found in one
/// pass that knows quotes, since a line break inside of them ends no row. Answers the contract's JSON.
std::string plan_chunks(Session& session, const sdk::ReadSpec& spec, int64_t wanted);

}  // namespace sluice::csv
