#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "figures.hpp"

namespace sluice::bench {

struct StoresOptions {
  std::string prices;  ///< the SQLite file with the prices
  std::string lines;   ///< the NDJSON file with them; "": no such line
  int repeats = 5;
  int workers = 2;
  bool with_pgloader = true;
};

/// Copies into PostgreSQL from JSON beside the server's own COPY, from MariaDB beside pgloader, and from PostgreSQL
/// beside pgcopydb. What isn't installed is skipped, and that is printed.
std::vector<Ratio> compare_stores(const StoresOptions& options, nlohmann::json& json);

}  // namespace sluice::bench
