#pragma once

#include <string>

#include "session.hpp"

namespace sluice::postgres {

/// The tables of a schema as the neutral catalog's JSON (engine's catalog/catalog.hpp describes it). An index that is
/// more than a list of columns has as "expression" what follows the table's name in its definition ("USING gin (doc)").
/// Partitions belong to their parent; views and the like are named in "notes". The ledger's schema is never shown.
std::string read_catalog(Session& session, const std::string& filter);

}  // namespace sluice::postgres
