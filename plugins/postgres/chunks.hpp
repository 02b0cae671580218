#pragma once

#include <cstdint>
#include <string>

#include "abi/plugin_sdk.hpp"
#include "session.hpp"

namespace sluice::postgres {

/// Cuts a table into about `wanted` ranges, as the contract's JSON. By the given key, else by the primary key's first
/// column where that is an integer, uuid, date or decimal; else by blocks of the table's file ("local"). Views and what
/// cannot be cut stay whole.
std::string plan_chunks(Session& session, const sdk::ReadSpec& spec, int64_t wanted);

}  // namespace sluice::postgres
