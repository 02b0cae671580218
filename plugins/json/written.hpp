#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "arrow/type.hpp"
#include "files/tables.hpp"
#include "layout.hpp"

namespace sluice::json {

struct Settings;

/// A table that a run writes into a directory. A value.
struct WrittenTable {
  std::string name;
  std::vector<arrow::Field> columns;
  std::string key;  ///< the column that is the key of each member, where the file is an object of records
  Layout layout = Layout::lines;
  std::string primary;  ///< the primary key, where it is one column

  friend bool operator==(const WrittenTable& a, const WrittenTable& b) {
    const auto same = [](const arrow::Field& left, const arrow::Field& right) {
      return left.name == right.name && left.type == right.type;
    };
    return a.name == b.name && a.key == b.key && a.primary == b.primary && a.layout == b.layout &&
           std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(), same);
  }
};

/// lines, array or object: how a target's files are written. Throws Error(unsupported) where the options ask for
/// another shape, or for what only reading knows.
Layout layout_for_target(const Settings& settings);
/// "NAME.ndjson" or "NAME.json".
std::string file_name(const WrittenTable& table);
files::Frame frame_of(Layout layout);
/// How the rows alone lie in a part.
Layout layout_of_parts(Layout layout);

/// What is read of a column that was written: integers, booleans and bytes as such, everything else as its text.
arrow::Type carrier_of(const arrow::Type& type);

/// What the home keeps of a table that is being written, as JSON {"layout", "key", "primary", "columns": [{"name",
/// "type"}]}, and back.
std::string describe_written(const WrittenTable& table);
WrittenTable written_from_description(const std::string& name, const std::string& description);

}  // namespace sluice::json
