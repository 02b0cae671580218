#pragma once

#include <cstdint>
#include <string>

#include "abi/plugin_sdk.hpp"

namespace sluice::sqlite {

class Session;

/// Cuts a table into about `wanted` ranges of its INTEGER PRIMARY KEY, its rowid (type local), or the leading column of
/// a WITHOUT ROWID table's key (integers, or texts in binary order). Equal widths where the rowids lie evenly, as a few
/// probes tell; else quantiles from one ordered pass. Views and other keys are one chunk. Answers the contract's JSON.
std::string plan_chunks(Session& session, const sdk::ReadSpec& spec, int64_t wanted);

}  // namespace sluice::sqlite
