#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cutter.hpp"
#include "key_watch.hpp"
#include "row_walker.hpp"
#include "scan.hpp"

namespace sluice::json {

/// Fields that records are usually told apart by.
inline constexpr const char* kUsualKeys[] = {"id", "_id", "uuid", "ID"};

/// Watches the fields of a table that may be its key: the keys of members, the field that a run knows as the primary
/// key, or else those that are usually one. They must be in the first record already.
class RowKeys {
 public:
  /// A row of the table, which the walker stands on; `first_mark` where it is one of the table's marks.
  void add(Table& table, const RowWalker& walker, const Record& record, bool is_mark);
  /// Gives the table its primary key, and its marks their keys where these ascend.
  void finish(Table& table);

 private:
  void begin(const Table& table, const Record& record);
  void add_value(KeyWatch& watch, const Value* value);
  void add_text(KeyWatch& watch, std::string_view text);

  bool has_begun_ = false;
  std::vector<std::pair<int, KeyWatch>> watches_;  // by node; -1: the keys of members
  std::string scratch_;
};

}  // namespace sluice::json
