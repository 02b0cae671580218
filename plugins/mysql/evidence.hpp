#pragma once

#include <map>
#include <string>

#include "native.hpp"

namespace sluice::mysql {

/// What a scan showed of a column whose declaration doesn't say enough.
struct Seen {
  int64_t rows = 0, values = 0;
  int64_t low = 0, high = 0;        ///< tinyint(1)
  int64_t zero_dates = 0;           ///< dates without month or day
  int64_t beyond_ascii = 0;         ///< latin1: texts with other characters
  int64_t double_encoded = 0;       ///< those of them whose bytes are UTF-8
  bool exceeds_a_day = false;       ///< time
  int64_t foreign_references = 0;   ///< geometry: values with an SRID
};

/// One scan of the table for the columns that need one; empty where none does.
std::map<std::string, Seen> scan_table(Connection& connection, const NativeTable& table);

}  // namespace sluice::mysql
