#pragma once

#include <cstdint>
#include <string>

namespace stockula {

/// How large the database is to be. The same size and seed always give the same rows.
struct Size {
  int symbols = 50;
  int days = 4000;
  std::uint64_t seed = 1;
  bool prices_only = false;  ///< only stocks and price_history: the shape of the benchmark
};

/// Writes the database to a file that must not exist yet. Throws std::exception with the reason; leaves no half file.
void write_database(const std::string& path, const Size& size);

}  // namespace stockula
