#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::json {

/// Whether the values of one column tell all rows apart, proved with bounded memory: integers that ascend need none;
/// others are told apart by their hashes, of which about a million are kept.
class KeyWatch {
 public:
  void add_integer(int64_t value);
  void add_text(std::string_view text);
  /// A row that has no such value, or one of another kind.
  void add_other() { give_up(); }

  /// Integers, each greater than the one before.
  bool is_ascending() const { return rows_ > 0 && is_ascending_; }
  int64_t last() const { return last_; }
  /// All rows have a value, and no two the same. False where that could not be found out. Sorts: call it once.
  bool prove();

 private:
  void add_hash(uint64_t hash);
  void give_up();

  int64_t rows_ = 0;
  int64_t texts_ = 0;
  int64_t last_ = 0;
  bool is_ascending_ = true;
  bool may_be_key_ = true;
  bool has_all_hashes_ = true;
  std::vector<uint64_t> hashes_;
};

}  // namespace sluice::json
