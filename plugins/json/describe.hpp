#pragma once

#include <cstdint>
#include <string>

#include "abi/plugin_sdk.hpp"

namespace sluice::json {

class Session;

/// The tables as the contract's catalog (its JSON is documented in engine/catalog/catalog.hpp). Reads all records where
/// no session has yet; tables of the filter that are not there are left out.
std::string describe_catalog(Session& session, const std::string& filter);

/// Cuts a table into about `wanted` ranges of equal bytes; a split table by its parents. Answers the contract's JSON.
std::string plan_chunks(Session& session, const sdk::ReadSpec& spec, int64_t wanted);

}  // namespace sluice::json
