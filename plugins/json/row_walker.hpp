#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "key_tree.hpp"
#include "record.hpp"

namespace sluice::json {

/// Spreads one record after another over the nodes of a tree: of doubled keys the last wins. Strings that hold JSON, by
/// the option parse, become what they hold.
class RowWalker {
 public:
  /// A tree that may grow gets a node for every new key; else keys that it lacks are passed over. `parser` may be
  /// shared.
  RowWalker(KeyTree& tree, const Settings& settings, RecordParser& parser)
      : tree_(&tree), growing_(&tree), settings_(settings), parser_(parser) {}
  RowWalker(const KeyTree& tree, const Settings& settings, RecordParser& parser)
      : tree_(&tree), settings_(settings), parser_(parser) {}

  /// False where the text is no JSON object. Throws Error(data), without its place, where a string holds no JSON.
  bool walk(std::string_view text);

  /// The last record's value at a node, NULL where the key is missing. Points into its text.
  const Value* find(int node) const {
    const auto at = static_cast<size_t>(node);
    return at < rows_.size() && rows_[at] == row_ ? &values_[at] : nullptr;
  }
  /// The same for a column: objects that were spread over further columns are no value of their own.
  const Value* find_cell(int node) const {
    const Value* value = find(node);
    const bool is_spread = value != nullptr && value->kind == Kind::object && tree_->node(node).is_flattened;
    return is_spread ? nullptr : value;
  }
  /// Nodes that were seen in the last record; find() tells whether they still count.
  const std::vector<int>& touched() const { return touched_; }
  /// Doubled keys so far, in all records.
  int64_t doubled() const { return doubled_; }

 private:
  bool walk_object(std::string_view text, int parent, size_t depth);
  int find_node(int parent, const Field& field, size_t& guess);
  const Value& set(int node, const Value& value);
  Value parsed(int node, const Value& value);
  void forget_below(int node);

  const KeyTree* tree_;
  KeyTree* growing_ = nullptr;
  const Settings& settings_;
  RecordParser& parser_;
  std::deque<std::vector<Field>> fields_;  // per depth
  std::string scratch_;
  std::unordered_map<int, std::string> parsed_;  // per node: what the last string held, with padding
  std::vector<Value> values_;                    // per node
  std::vector<int64_t> rows_;                    // per node: the record that the value is of
  std::vector<int> touched_;
  int64_t row_ = 0;
  int64_t doubled_ = 0;
};

}  // namespace sluice::json
