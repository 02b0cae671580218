#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "shape.hpp"

namespace sluice::sqlite {

class Session;

/// About how many rows the table has, without a scan: ANALYZE's count, else the span of its rowids, else a guess from
/// the file's size. Never negative.
int64_t estimate_rows(Session& session, const TableShape& shape);

/// Bytes in use by each table, indexes left out; empty where this SQLite can't tell. Walks all pages: for scans only.
std::map<std::string, int64_t> measure_bytes(Session& session);

/// Pages in use of the whole file, in bytes.
int64_t used_bytes(Session& session);

/// The value that the next row without one would get in the INTEGER PRIMARY KEY column; 0 where there is none left.
int64_t next_rowid(Session& session, const TableShape& shape);

/// Least and greatest rowid. False where the table is empty.
bool find_rowid_span(Session& session, const TableShape& shape, int64_t& least, int64_t& greatest);

/// Whether the file has such an internal or ordinary table.
bool has_table(Session& session, const std::string& name);

}  // namespace sluice::sqlite
