#pragma once

#include <string>

namespace sluice::disposable {

/// The folder with `initdb` and `postgres`: the newest of /usr/lib/postgresql/*/bin, what `pg_config --bindir` says, or
/// where PATH has them. Throws Error(not_found) naming the places tried and the package to install.
std::string find_postgres_binaries();

}  // namespace sluice::disposable
