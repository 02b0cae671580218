#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "arrow/type.hpp"
#include "scanner.hpp"

namespace sluice::csv {

class Session;

/// Where a table's bytes are, before anything was read.
struct Source {
  std::string name;
  std::vector<files::Segment> segments;
  Dialect dialect;
  bool is_unpublished = false;        ///< parts of a run that is still writing it, which have no header
  std::vector<arrow::Field> columns;  ///< where a run knows them; else the header tells
  int64_t rows = -1;                  ///< where they are known

  int64_t bytes() const;
};

/// The file itself, or every .csv and .tsv of the directory, and the tables that a run is writing there; by name.
/// Throws Error(invalid_argument) where two files have one name.
std::vector<Source> list_sources(Session& session);
/// Throws Error(not_found) naming the nearest table.
Source find_source(Session& session, const std::string& schema, const std::string& table);
/// The files that sources are read from.
std::vector<std::string> source_paths(Session& session);

/// What its first bytes say of a table.
struct Shape {
  Source source;
  files::Encoding encoding = files::Encoding::utf8;
  int64_t data_begin = 0;  ///< of the first row behind mark and header
  std::vector<std::string> columns;

  /// Throws Error(not_found) naming the nearest column.
  size_t column(const std::string& name) const;
  Scan scan(int64_t begin = -1, int64_t end = -1) const;
};

/// Reads the header. Throws Error(data) where there is none, or names are empty or equal.
Shape shape_of(Source source, const std::atomic<bool>& cancelled);

}  // namespace sluice::csv
