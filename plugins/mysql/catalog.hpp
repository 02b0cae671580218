#pragma once

#include <string>

#include "session.hpp"

namespace sluice::mysql {

/// The contract's catalog of one schema, as JSON. What has no counterpart elsewhere is named in its notes. With evidence, tables
/// are scanned once for what declarations don't tell: which tinyint(1) are truth values, which dates are zero.
std::string read_catalog(Session& session, const std::string& filter);

}  // namespace sluice::mysql
