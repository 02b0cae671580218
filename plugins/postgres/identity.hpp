#pragma once

#include <string>

#include "session.hpp"

namespace sluice::postgres {

/// JSON {"id", "version", "name", "pin"}: id is the cluster's system identifier and the database's oid.
std::string read_identity(Session& session);

}  // namespace sluice::postgres
