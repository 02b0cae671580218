#pragma once

#include <string>

namespace sluice::sqlite {

class Session;

/// Describes the file's tables as the contract's catalog (its JSON is documented in engine/catalog/catalog.hpp).
/// `filter` is the contract's; tables that it names and that are not there are left out. Views, triggers, virtual and
/// shadow tables are named in the notes. Throws Error(invalid_argument) where the filter is not JSON.
std::string describe_catalog(Session& session, const std::string& filter);

}  // namespace sluice::sqlite
