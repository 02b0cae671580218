#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "tables.hpp"

namespace sluice::files {

struct Loaded {
  int64_t rows = 0;
  int64_t bytes = 0;
};

/// The table that rows may be loaded into. Throws Error(not_found) where no run made it, Error(already_exists) where it
/// has its file, or where another file, `file_name`, is in its place.
Table table_to_load(Home& home, const std::string& name, const std::string& file_name);

/// The columns that a load names, or those of its rows. Throws Error(invalid_argument) where their numbers differ.
std::vector<std::string> columns_to_load(const sdk::LoadSpec& spec, const arrow::BatchReader& batches);

/// Which of the `given` columns goes to each column of the table; -1: none, which is NULL. Throws Error(not_found)
/// naming the nearest column.
std::vector<int> places_of(const std::vector<arrow::Field>& columns, const std::vector<std::string>& given,
                           const std::string& table);

}  // namespace sluice::files
