#pragma once

#include <string>

namespace sluice::csv {

class Session;

/// Describes the tables as the contract's catalog. With evidence every file is read whole, and columns get the type
/// that all their values show; without it they are texts, and rows an estimate from the file's first bytes.
std::string describe_catalog(Session& session, const std::string& filter);

}  // namespace sluice::csv
